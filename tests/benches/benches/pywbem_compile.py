"""Compiles a MOF file several times with pywbem, and writes its classes as MOF again. Prints the CPU
seconds of both for each time, without start-up.

Compiling the first file, which declares the qualifiers, is not counted."""

import sys
import time

from pywbem import MOFCompiler, MOFWBEMConnection

declarations, text = (open(path, encoding="utf-8").read() for path in sys.argv[1:3])
for _ in range(int(sys.argv[3])):
    connection = MOFWBEMConnection()
    compiler = MOFCompiler(connection, search_paths=[], log_func=None)
    compiler.compile_string(declarations, "root/wmi")
    start = time.thread_time()
    compiler.compile_string(text, "root/wmi")
    compiled = time.thread_time()
    mof = "".join(it.tomof() for it in connection.classes["root/wmi"].values())
    assert mof.count("class ") >= text.count("\nclass ")
    print(compiled - start, time.thread_time() - compiled)
