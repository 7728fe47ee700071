// Distribution functions and quantiles that intervals and tests need.
#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The standard normal distribution.
public enum Normal {
  /// P(Z ≤ x).
  public static func cumulative(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }

  /// The x with P(Z ≤ x) = probability, to full precision; ±∞ at 0 and 1.
  ///
  /// Acklam's rational start, then two Halley steps on the distribution function.
  public static func quantile(_ probability: Double) -> Double {
    guard probability > 0 else { return -.infinity }
    guard probability < 1 else { return .infinity }
    if probability > 0.5 { return -quantile(1 - probability) }
    var x = start(probability)
    for _ in 0..<2 {
      let error = cumulative(x) - probability
      let step = error * (2 * Double.pi).squareRoot() * exp(x * x / 2)
      x -= step / (1 + x * step / 2)
    }
    return x
  }

  private static func start(_ p: Double) -> Double {
    if p < 0.02425 {
      let q = (-2 * log(p)).squareRoot()
      let top =
        ((((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838) * q
          - 2.549732539343734) * q + 4.374664141464968) * q + 2.938163982698783
      let bottom =
        (((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996) * q
          + 3.754408661907416) * q + 1
      return top / bottom
    }
    let q = p - 0.5
    let r = q * q
    let top =
      (((((-3.969683028665376e+01 * r + 2.209460984245205e+02) * r - 2.759285104469687e+02) * r
        + 1.383577518672690e+02) * r - 3.066479806614716e+01) * r + 2.506628277459239) * q
    let bottom =
      ((((-5.447609879822406e+01 * r + 1.615858368580409e+02) * r - 1.556989798598866e+02) * r
        + 6.680131188771972e+01) * r - 1.328068155288572e+01) * r + 1
    return top / bottom
  }
}

/// The beta distribution.
public enum Beta {
  /// The regularised incomplete beta function I_x(a, b) = P(X ≤ x).
  ///
  /// Lentz's continued fraction (Press et al., Numerical Recipes, §6.4), on the side that converges.
  public static func cumulative(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    if x > (a + 1) / (a + b + 2) { return 1 - cumulative(1 - x, b, a) }
    let front =
      exp(
        lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    var fraction = 1.0
    var c = 1.0
    var d = 1 - (a + b) * x / (a + 1)
    d = 1 / (abs(d) < 1e-300 ? 1e-300 : d)
    fraction = d
    for step in 1...10_000 {
      let m = Double(step)
      for term in [
        m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
        -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
      ] {
        d = 1 + term * d
        c = 1 + term / c
        if abs(d) < 1e-300 { d = 1e-300 }
        if abs(c) < 1e-300 { c = 1e-300 }
        d = 1 / d
        fraction *= c * d
      }
      if abs(c * d - 1) < 1e-15 { break }
    }
    return front * fraction
  }

  /// The x with P(X ≤ x) = probability, by bisection to the last bit.
  public static func quantile(_ probability: Double, _ a: Double, _ b: Double) -> Double {
    bisect(probability, low: 0, high: 1) { cumulative($0, a, b) }
  }
}

/// Student's t distribution.
public enum StudentT {
  /// P(T ≤ x) with `degrees` degrees of freedom.
  public static func cumulative(_ x: Double, degrees: Double) -> Double {
    let tail = Beta.cumulative(degrees / (degrees + x * x), degrees / 2, 0.5) / 2
    return x > 0 ? 1 - tail : tail
  }

  /// The x with P(T ≤ x) = probability; ±∞ at 0 and 1.
  public static func quantile(_ probability: Double, degrees: Double) -> Double {
    guard probability > 0 else { return -.infinity }
    guard probability < 1 else { return .infinity }
    if probability < 0.5 { return -quantile(1 - probability, degrees: degrees) }
    if probability == 0.5 { return 0 }
    // With y = ν/(ν + x²), the upper tail is I_y(ν/2, 1/2)/2.
    let y = Beta.quantile(2 * (1 - probability), degrees / 2, 0.5)
    return (degrees * (1 - y) / y).squareRoot()
  }
}

/// The chi-squared distribution.
public enum ChiSquared {
  /// P(X > x) with `degrees` degrees of freedom (regularised upper incomplete gamma).
  public static func upperTail(_ x: Double, degrees: Double) -> Double {
    guard x > 0 else { return 1 }
    let a = degrees / 2
    let z = x / 2
    let front = exp(-z + a * log(z) - lgamma(a))
    if z < a + 1 {
      var term = 1 / a
      var sum = term
      var index = a
      while abs(term) > abs(sum) * 1e-17 {
        index += 1
        term *= z / index
        sum += term
      }
      return 1 - sum * front
    }
    var b = z + 1 - a
    var c = 1e300
    var d = 1 / b
    var fraction = d
    for step in 1...10_000 {
      let term = -Double(step) * (Double(step) - a)
      b += 2
      d = 1 / (term * d + b)
      c = b + term / c
      fraction *= c * d
      if abs(c * d - 1) < 1e-16 { break }
    }
    return front * fraction
  }
}

/// Finds where a rising function crosses `target`, halving until the interval is two neighbours.
func bisect(
  _ target: Double, low: Double, high: Double, _ function: (Double) -> Double
) -> Double {
  var low = low
  var high = high
  while true {
    let middle = low + (high - low) / 2
    if middle <= low || middle >= high { return middle }
    if function(middle) < target { low = middle } else { high = middle }
  }
}
