//! Each line of the regression catalogue (`tests/CATALOGUE.md`) names a test; here it is checked that there is one.

use std::path::Path;

#[test]
fn every_line_of_the_catalogue_has_its_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let read =
        |path: &str| std::fs::read_to_string(root.join(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
    let catalogue = read("tests/CATALOGUE.md");
    let named: Vec<&str> = catalogue
        .lines()
        .filter_map(|line| line.strip_suffix("` |")?.rsplit_once('`').map(|(_, t)| t))
        .collect();
    assert!(named.len() >= 20, "only {} lines", named.len());
    for test in named {
        let found = if let Some((file, name)) = test.split_once("::") {
            read(file).contains(&format!("fn {name}("))
        } else {
            let (file, title) = test.split_once(": ").expect("file: title");
            read(file).contains(&format!("test('{title}'"))
        };
        assert!(found, "the catalogue names a test that is not there: {test}");
    }
}
