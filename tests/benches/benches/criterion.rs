//! Measures each function by itself.

use criterion::{Criterion, criterion_group, criterion_main};
use wmi_benches::{Data, PAIRS};

fn all(criterion: &mut Criterion) {
    let mut data = Data::default();
    for pair in PAIRS {
        let mut group = criterion.benchmark_group(pair.what);
        group.bench_function("ours", |bencher| bencher.iter(|| (pair.ours)(&mut data)));
        group.bench_function(pair.rival_name, |bencher| {
            bencher.iter(|| (pair.rival)(&mut data))
        });
        group.finish();
    }
}

criterion_group!(benches, all);
criterion_main!(benches);
