//! How fast scenarios are read: `cargo bench --bench parse`.

#![allow(missing_docs)]

use std::hint::black_box;
use std::path::Path;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use reload_harness::scenario::{Name, Scenario};

const HEAD: &str = "# A class is edited again and again\n\n```toml\npython = \">=3.8, <3.14\"\ntags = [\"generated\"]\n```\n";

/// One edit of `foo.py` and what is typed after it.
fn round(number: usize) -> String {
    format!(
        "\nEdit {number}: the old instance keeps its *class*, and `foo.Bar` is another one.\n\n\
         `foo.py`:\n\n```python\nclass Foo(object):\n    def foo(self):\n        print(\"Foo.foo {number}\")\n\n\n\
         class Bar(Foo):\n    def foo(self):\n        super(Bar, self).foo()\n```\n\n\
         ```pycon\n>>> reload(foo)\n<module 'foo' from 'foo.py'>\n>>> with held(b) as old:\n...     old.foo()\n...\n\
         Foo.foo {number}\n>>> id(foo.Bar)\n```\n"
    )
}

/// A scenario of at least this many bytes.
fn scenario(size: usize) -> String {
    let mut source = HEAD.to_owned();
    for number in 0.. {
        if source.len() >= size {
            break;
        }
        source.push_str(&round(number));
    }
    source
}

fn parse(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("parse");
    for kilobytes in [1, 10, 100] {
        let source = scenario(kilobytes << 10);
        group.throughput(Throughput::Bytes(source.len() as u64));
        group.bench_with_input(
            BenchmarkId::from_parameter(format!("{kilobytes} KiB")),
            &source,
            |bencher, source| {
                bencher.iter(|| {
                    let name = Name { group: "bench".to_owned(), name: "generated".to_owned() };
                    let read = Scenario::parse(
                        name,
                        Path::new("generated.md"),
                        black_box(source.as_bytes()),
                        Vec::new(),
                    );
                    assert!(read.is_ok_and(|scenario| scenario.steps.len() > 3));
                });
            },
        );
    }
    group.finish();
}

criterion_group!(benches, parse);
criterion_main!(benches);
