//! What is told of importers and interpreters that a reload has no hold of.

use crate::Watched;

const PACK: &str = "\
import os, sys, zipfile
def deploy(source):
    with zipfile.ZipFile('next.zip', 'w') as archive:
        archive.writestr(zipfile.ZipInfo('app.py', (2020, 1, 1, 0, 0, 0)), source)
    os.rename('next.zip', 'app.zip')
def shadow():
    with open('app.py', 'w') as file:
        file.write('X = 3\\n')
deploy('X = 1\\n')
sys.path.append(os.path.abspath('app.zip'))
import app
";

/// What is told of a reload of a module that is in an archive, after a statement.
fn after(statement: &str) -> Watched {
    let transcript = format!(">>> import pack\n>>> {statement}\n>>> m = reload(pack.app)");
    Watched::new(">=2.7", &[("pack.py", PACK)], &transcript)
}

#[test]
fn a_reload_that_reads_an_archive_by_an_old_table_is_told() {
    after("pack.deploy('X = 1234\\n')").tells(&["<stdin>:1 Archive app.zip: Nowhere, nothing"]);
}

#[test]
fn an_archive_that_has_the_module_where_it_was_is_read_as_it_is() {
    after("pack.deploy('X = 2\\n')").tells_nothing_of("Archive");
    let forgets = "pack.deploy('X = 1234\\n'); sys = pack.sys; sys.path_importer_cache.clear(); \
                   sys.modules['zipimport']._zip_directory_cache.clear()";
    after(forgets).tells_nothing_of("Archive");
}

#[test]
fn an_archive_is_not_asked_where_a_folder_before_it_has_the_module() {
    after("pack.deploy('X = 1234\\n'); pack.shadow()").tells_nothing_of("Archive");
}

#[test]
fn a_call_that_runs_code_in_another_interpreter_is_told() {
    let sub = "try:\n    import _interpreters as interpreters\nexcept ImportError:\n    \
               import _xxsubinterpreters as interpreters\nnumber = interpreters.create()\n";
    let calls = |call: &str| {
        let transcript = format!(">>> import sub\n>>> m = reload(sub)\n>>> sub.interpreters.{call}");
        Watched::new(">=3.8", &[("sub.py", sub)], &transcript)
    };
    let line =
        "<stdin>:1 Interpreter sub.interpreters.run_string: Global, instance of builtin_function_or_method";
    calls("run_string(sub.number, 'pass')").tells(&[line]);
    calls("destroy(sub.number)").tells_nothing_of("1 Interpreter ");
}
