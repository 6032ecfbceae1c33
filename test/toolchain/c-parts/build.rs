fn main() {
    println!("cargo::rerun-if-changed=src");
    let mut build = cc::Build::new();
    // Absolute, as many crates have it: the folder must not get into the code.
    build.file(std::path::Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("src/parts.c"));
    for feature in ["missing", "broken"] {
        if std::path::Path::new("src").join(feature).exists() {
            build.define(&feature.to_uppercase(), None);
        }
    }
    build.compile("parts");
}
