/** What to type to get a compiler, by operating system. */

const DEBIAN = 'apt-get install rustc-web cargo-web rust-web-src lld gcc';

/**
 * How to get Rust with the source of its standard library, a linker, and what Rust needs on this machine. With rustup there,
 * it is asked first.
 */
export function howToInstallRust(hasRustup: boolean, platform: NodeJS.Platform = process.platform): string {
  const debian = `on Debian or Ubuntu run "${DEBIAN}" (or rustc, cargo and rust-src where they are 1.88 or newer)`;
  if (hasRustup) {
    const rustup = 'run "rustup update stable" and "rustup component add rust-src"';
    return platform === 'linux' ? `${rustup}, or ${debian}` : rustup;
  }
  if (platform === 'darwin') {
    return 'install Rust from https://rustup.rs, then run "xcode-select --install" and "rustup component add rust-src"';
  }
  if (platform === 'win32') {
    return 'run "winget install Rustlang.Rustup Microsoft.VisualStudio.2022.BuildTools", then "rustup component add rust-src"';
  }
  return `${debian}, elsewhere install Rust from https://rustup.rs and run "rustup component add rust-src"`;
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
