/** What to type to get a compiler, by operating system. */

const DEBIAN = 'on Debian run "apt-get install rustc-web cargo-web rust-web-src lld gcc"';
/** Ubuntu has no rustc-web, but a package of rustup. */
const UBUNTU = 'on Ubuntu "apt-get install rustup gcc", "rustup default stable" and "rustup component add rust-src"';

/**
 * How to get Rust with the source of its standard library, a linker, and what Rust needs on this machine. With rustup there,
 * it is asked first.
 */
export function howToInstallRust(hasRustup: boolean, platform: NodeJS.Platform = process.platform): string {
  if (hasRustup) {
    const rustup = 'run "rustup update stable" and "rustup component add rust-src"';
    return platform === 'linux' ? `${rustup}, or ${DEBIAN}` : rustup;
  }
  if (platform === 'darwin') {
    return 'install Rust from https://rustup.rs, then run "xcode-select --install" and "rustup component add rust-src"';
  }
  if (platform === 'win32') {
    return 'run "winget install Rustlang.Rustup Microsoft.VisualStudio.2022.BuildTools", then "rustup component add rust-src"';
  }
  return `${DEBIAN}, ${UBUNTU}, elsewhere install Rust from https://rustup.rs and run "rustup component add rust-src"`;
}

/** How to get a linker for guests. */
export function howToInstallLinker(platform: NodeJS.Platform = process.platform): string {
  if (platform === 'darwin') return 'run "brew install lld", or use the Rust of https://rustup.rs, which brings one';
  if (platform === 'win32')
    return 'run "winget install LLVM.LLVM", or use the Rust of https://rustup.rs, which brings one';
  return 'on Debian or Ubuntu run "apt-get install lld", or use the Rust of https://rustup.rs, which brings one';
}

/** How to get the linker with which Rust makes programs for this machine: build scripts and macros. */
export function howToInstallHostLinker(platform: NodeJS.Platform = process.platform): string {
  if (platform === 'darwin') return 'run "xcode-select --install"';
  if (platform === 'win32') return 'run "winget install Microsoft.VisualStudio.2022.BuildTools"';
  return 'on Debian or Ubuntu run "apt-get install gcc libc6-dev"';
}
