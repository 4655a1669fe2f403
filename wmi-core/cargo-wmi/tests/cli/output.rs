//! Files are written whole or not at all.

use std::fs;
use std::process::Stdio;

use super::{binary, cargo_wmi, fails, folder, mof, names, succeeds};

#[test]
fn failing_run_keeps_the_old_file() {
    let folder = folder("atomic");
    fs::write(folder.join("out"), "old").unwrap();
    for arguments in [
        &["compile", "-", "-o", "out"][..],
        &["decompile", "-", "-o", "out"],
        &["header", "-", "-o", "out"],
        &["import", "-", "-o", "out"],
        &["layout", "-", "-o", "out"],
        &["layout", "-", "--svg", "-o", "out"],
    ] {
        fails(&folder, arguments, b"class A {", 1);
        assert_eq!(fs::read(folder.join("out")).unwrap(), b"old");
        assert_eq!(names(&folder), ["out"]);
    }
    succeeds(&folder, &["compile", "-", "-o", "out"], mof().as_bytes());
    assert_eq!(fs::read(folder.join("out")).unwrap(), binary());
    assert_eq!(names(&folder), ["out"]);
}

#[test]
fn io_errors_name_the_file() {
    let folder = folder("unwritable");
    fs::create_dir(folder.join("folder")).unwrap();
    let mof = mof();
    for (arguments, name) in [
        (
            ["compile", "-", "-o", "missing/out"],
            "missing/out: there is no folder `missing`; create it\n",
        ),
        (["compile", "-", "-o", "folder"], "folder: "),
        (["compile", "missing.mof", "-o", "out"], "missing.mof: "),
    ] {
        let said = fails(&folder, &arguments, mof.as_bytes(), 2);
        assert!(said.starts_with(&format!("error: {name}")), "{said}");
        assert_eq!(names(&folder), ["folder"]);
    }
}

#[test]
fn read_only_file_is_kept() {
    let folder = folder("read_only");
    let path = folder.join("out");
    fs::write(&path, "old").unwrap();
    let writable = fs::metadata(&path).unwrap().permissions();
    let mut read_only = writable.clone();
    read_only.set_readonly(true);
    fs::set_permissions(&path, read_only).unwrap();
    let said = fails(&folder, &["compile", "-", "-o", "out"], mof().as_bytes(), 2);
    assert_eq!(
        said,
        "error: out: the file is read-only; make it writable, or name another file\n"
    );
    assert_eq!(fs::read(&path).unwrap(), b"old");
    fs::set_permissions(&path, writable).unwrap();
}

#[cfg(unix)]
#[test]
fn links_permissions_and_devices_are_kept() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let folder = folder("links");
    let mof = mof();
    fs::write(folder.join("real"), "old").unwrap();
    fs::set_permissions(folder.join("real"), fs::Permissions::from_mode(0o640)).unwrap();
    symlink("real", folder.join("link")).unwrap();
    succeeds(&folder, &["compile", "-", "-o", "link"], mof.as_bytes());
    assert!(folder.join("link").is_symlink());
    assert_eq!(fs::read(folder.join("real")).unwrap(), binary());
    let mode = |name: &str| {
        fs::metadata(folder.join(name))
            .unwrap()
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(mode("real"), 0o640);

    // A new file has the usual permissions.
    fs::write(folder.join("usual"), "").unwrap();
    succeeds(&folder, &["compile", "-", "-o", "new"], mof.as_bytes());
    assert_eq!(mode("new"), mode("usual"));

    symlink("/dev/null", folder.join("null")).unwrap();
    succeeds(&folder, &["compile", "-", "-o", "null"], mof.as_bytes());
    assert!(folder.join("null").is_symlink());
    assert_eq!(fs::read(folder.join("null")).unwrap(), b"");
}

#[cfg(unix)]
#[test]
fn dangling_link_target_is_created() {
    use std::os::unix::fs::symlink;

    let folder = folder("dangling");
    fs::create_dir(folder.join("inner")).unwrap();
    symlink("inner/second", folder.join("first")).unwrap();
    symlink("real", folder.join("inner/second")).unwrap();
    let mof = mof();
    succeeds(&folder, &["compile", "-", "-o", "first"], mof.as_bytes());
    assert!(folder.join("first").is_symlink());
    assert!(folder.join("inner/second").is_symlink());
    assert_eq!(fs::read(folder.join("inner/real")).unwrap(), binary());

    symlink("missing/real", folder.join("lost")).unwrap();
    let said = fails(&folder, &["compile", "-", "-o", "lost"], mof.as_bytes(), 2);
    assert_eq!(
        said,
        "error: lost: there is no folder `missing`; create it\n"
    );
    symlink("circle", folder.join("circle")).unwrap();
    fails(
        &folder,
        &["compile", "-", "-o", "circle"],
        mof.as_bytes(),
        2,
    );
}

#[test]
fn leftovers_of_killed_runs_are_removed() {
    let folder = folder("leftovers");
    let old = std::time::SystemTime::now() - core::time::Duration::from_secs(3600);
    // No process has the first id; this process has the second.
    let dead = format!(".cargo-wmi-{}-abcdef", u32::MAX);
    let alive = format!(".cargo-wmi-{}-abcdef", std::process::id());
    for (name, time) in [
        (&*dead, None),
        (&*alive, None),
        (".cargo-wmi-abcdef", Some(old)),
    ] {
        let file = fs::File::create(folder.join(name)).unwrap();
        if cfg!(not(target_os = "linux")) || time.is_some() {
            let time = if name == alive { None } else { Some(old) };
            if let Some(time) = time {
                file.set_modified(time).unwrap();
            }
        }
    }
    succeeds(&folder, &["compile", "-", "-o", "out"], mof().as_bytes());
    assert_eq!(names(&folder), [&*alive, "out"]);
}

#[test]
fn broken_pipe_exits_zero() {
    let folder = folder("pipe");
    fs::write(folder.join("iscsi.mof"), mof()).unwrap();
    for arguments in [&["decompile", "iscsi.mof"][..], &["layout", "iscsi.mof"]] {
        let mut child = cargo_wmi(&folder, arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.is_empty(), "{said}");
    }
}
