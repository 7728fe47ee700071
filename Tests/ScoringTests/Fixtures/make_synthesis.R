# Writes synthesis.json: answers of R's metafor for 60 random sets of proportions and 12 of 2×2
# tables. Run with Debian's r-cran-metafor 3.8 and r-cran-jsonlite:
#   Rscript make_synthesis.R > synthesis.json
suppressMessages({
  library(metafor)
  library(jsonlite)
})
set.seed(20221)

pooled <- function(fit) {
  prediction <- predict(fit)
  list(
    estimate = c(fit$beta), se = fit$se, low = fit$ci.lb, high = fit$ci.ub, p = fit$pval,
    tau2 = fit$tau2, se_tau2 = fit$se.tau2, i2 = fit$I2 / 100, h2 = fit$H2, q = fit$QE,
    q_p = fit$QEp, prediction_low = prediction$pi.lb, prediction_high = prediction$pi.ub,
    weights = unname(weights(fit)) / 100
  )
}
exact <- list(threshold = 1e-14, maxiter = 10000)

proportions <- lapply(1:60, function(case) {
  k <- sample(2:14, 1)
  n <- round(exp(runif(k, log(20), log(9000))))
  x <- rbinom(k, n, plogis(rnorm(k, runif(1, 0, 4), runif(1, 0, 0.9))))
  e <- escalc(measure = "PLO", xi = x, ni = n)
  reml <- rma(yi, vi, data = e, control = exact)
  answer <- list(
    x = x, n = n, yi = c(e$yi), vi = c(e$vi),
    common = pooled(rma(yi, vi, data = e, method = "EE")),
    moments = pooled(rma(yi, vi, data = e, method = "DL")), restricted = pooled(reml),
    knapp_hartung = pooled(rma(yi, vi, data = e, test = "knha", control = exact)),
    tau2_interval = unname(confint(reml, control = list(tol = 1e-12))$random["tau^2", 2:3])
  )
  if (k >= 4) {
    egger <- regtest(reml, model = "lm")
    mixed <- regtest(reml, model = "rma")
    answer$egger <- list(statistic = egger$zval, p = egger$pval, limit = egger$est)
    answer$mixed_egger <- list(statistic = mixed$zval, p = mixed$pval, limit = mixed$est)
    answer$leave_one_out <- leave1out(reml)$estimate
  }
  answer
})

# The bivariate model of Reitsma is a multivariate meta-analysis with an unstructured covariance;
# half a count is added to all cells when any is empty, as package mada does.
tables <- lapply(1:12, function(case) {
  k <- sample(5:16, 1)
  positives <- round(exp(runif(k, log(25), log(900))))
  negatives <- round(exp(runif(k, log(25), log(1500))))
  shift <- rnorm(k, 0, 0.7)
  tp <- rbinom(k, positives, plogis(1.8 + shift + rnorm(k, 0, 0.5)))
  fp <- rbinom(k, negatives, plogis(-1.6 + 0.6 * shift + rnorm(k, 0, 0.4)))
  fn <- positives - tp
  tn <- negatives - fp
  added <- if (any(c(tp, fp, fn, tn) == 0)) 0.5 else 0
  long <- data.frame(
    study = rep(1:k, 2), rate = factor(rep(c("sensitivity", "fpr"), each = k),
      levels = c("sensitivity", "fpr")),
    yi = c(log((tp + added) / (fn + added)), log((fp + added) / (tn + added))),
    vi = c(1 / (tp + added) + 1 / (fn + added), 1 / (fp + added) + 1 / (tn + added))
  )
  fit <- rma.mv(yi, vi, mods = ~ rate - 1, random = ~ rate | study, struct = "UN", data = long,
    control = list(optimizer = "optim", optmethod = "Nelder-Mead", reltol = 1e-15, maxit = 20000))
  list(
    tp = tp, fn = fn, fp = fp, tn = tn, means = c(fit$beta), covariance = c(vcov(fit)),
    tau2 = fit$tau2, rho = fit$rho, log_likelihood = c(logLik(fit))
  )
})

cat(toJSON(list(proportions = proportions, tables = tables,
  versions = list(R = R.version.string, metafor = as.character(packageVersion("metafor")))),
  auto_unbox = TRUE, digits = 12, na = "null", null = "null"))
cat("\n")
