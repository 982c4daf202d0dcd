/** Once before all tests; replaced by the real set-up (build, driver, model, Python). */
export default function setup(): void {}
