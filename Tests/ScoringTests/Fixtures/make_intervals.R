# Writes intervals.json: answers of R itself (prop.test, binom.test, t.test) and of pROC's DeLong, and
# every bootstrap sample of whole clusters counted one by one. With Debian's r-cran-proc 1.18 and
# r-cran-jsonlite:
#   Rscript make_intervals.R > intervals.json
suppressMessages({
  library(pROC)
  library(jsonlite)
})
set.seed(20261)

proportions <- lapply(1:60, function(case) {
  n <- sample(c(1, 2, 5, 17, 60, 322, 7180), 1)
  x <- switch(case %% 4 + 1, 0, n, rbinom(1, n, 0.9), sample(0:n, 1))
  level <- sample(c(0.8, 0.9, 0.95, 0.99), 1)
  list(x = x, n = n, level = level,
    wilson = suppressWarnings(prop.test(x, n, conf.level = level, correct = FALSE))$conf.int[1:2],
    exact = binom.test(x, n, conf.level = level)$conf.int[1:2])
})

areas <- lapply(1:40, function(case) {
  positives <- sample(2:30, 1)
  negatives <- sample(2:30, 1)
  truth <- sample(rep(c(TRUE, FALSE), c(positives, negatives)))
  digits <- sample(1:3, 1) # few digits: ties
  first <- round(plogis(rnorm(length(truth), truth)), digits)
  second <- round(plogis(rnorm(length(truth), truth + first)), digits)
  level <- sample(c(0.9, 0.95), 1)
  curve <- function(scores) roc(truth, scores, levels = c(FALSE, TRUE), direction = "<", quiet = TRUE)
  a <- curve(first)
  b <- curve(second)
  bounds <- suppressWarnings(ci.auc(a, conf.level = level, method = "delong"))
  test <- suppressWarnings(roc.test(a, b, method = "delong", paired = TRUE))
  list(truth = truth, first = first, second = second, level = level, area = c(auc(a)),
    variance = suppressWarnings(var(a, method = "delong")), low = bounds[1], high = bounds[3],
    z = unname(test$statistic), p = test$p.value)
})

# With k clusters there are k^k samples of whole clusters, all as likely: the bootstrap's distribution.
clusters <- lapply(1:4, function(case) {
  k <- 3 + case
  sizes <- sample(1:6, k, replace = TRUE)
  right <- lapply(sizes, function(n) rbinom(n, 1, runif(1, 0.3, 0.95)))
  drawn <- as.matrix(expand.grid(rep(list(1:k), k)))
  hits <- sapply(right, sum)
  shares <- matrix(hits[drawn], ncol = k)
  values <- rowSums(shares) / rowSums(matrix(sizes[drawn], ncol = k))
  list(cluster = rep(1:k, sizes), right = unlist(right) == 1, values = sort(unique(values)),
    chances = as.vector(table(factor(values, sort(unique(values))))) / length(values))
})

means <- lapply(1:20, function(case) {
  n <- sample(2:12, 1)
  level <- sample(c(0.9, 0.95), 1)
  x <- rnorm(n, 0.85, 0.02)
  y <- x + rnorm(n, 0.01, 0.01)
  z <- rnorm(n + 1, 0.86, 0.05)
  paired <- t.test(y, x, paired = TRUE, conf.level = level)
  welch <- t.test(z, x, conf.level = level)
  list(first = x, second = y, third = z, level = level,
    paired = c(paired$p.value, paired$conf.int), welch = c(welch$p.value, welch$conf.int))
})

cat(toJSON(
  list(made_with = paste(R.version.string, "pROC", packageVersion("pROC")), proportions = proportions,
    areas = areas, clusters = clusters, means = means),
  digits = NA, auto_unbox = TRUE, na = "null"), "\n")
