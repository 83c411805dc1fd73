namespace Multiproc.Python.Starting;

/// <summary>
/// What a started Python runs first: it connects to the program that started it, gets the work, and sends back what came of it. The key comes by stdin, which
/// stays open: its end is the end of the parent, and ends this process too.
/// </summary>
internal static class PythonBoot
{
    public const string Program = """
        def start():
            import importlib, multiprocessing, os, runpy, signal, sys, threading, traceback
            from multiprocessing.connection import Client
            line = b''
            while not line.endswith(b'\n'):
                byte = os.read(0, 1)
                if not byte:
                    os._exit(1)
                line += byte
            address, key = line.decode().rstrip('\n').rsplit(' ', 1)
            def watch():
                while os.read(0, 4096):
                    pass
                os.kill(os.getpid(), signal.SIGKILL)
            threading.Thread(target=watch, daemon=True).start()
            sys.stdin = open(os.devnull)
            connection = Client(address, authkey=bytes.fromhex(key))
            program, managerkey = connection.recv()
            if managerkey is not None:
                multiprocessing.current_process().authkey = managerkey
            code = 0
            try:
                arguments = connection.recv()
                if program.endswith('.py'):
                    sys.argv = [program] + list(arguments)
                    sys.path[0] = os.path.dirname(os.path.abspath(program))
                    runpy.run_path(program, run_name='__main__')
                    answer = ('result', None)
                else:
                    module, _, function = program.partition(':')
                    target = importlib.import_module(module)
                    for part in function.split('.'):
                        target = getattr(target, part)
                    answer = ('result', target(*arguments))
            except SystemExit as leaving:
                code = leaving.code if isinstance(leaving.code, int) else 0 if leaving.code is None else 1
                answer = ('result', None) if code == 0 else ('exit', code)
                if code and not isinstance(leaving.code, int):
                    print(leaving.code, file=sys.stderr)
            except BaseException as error:
                code = 1
                traceback.print_exc()
                answer = ('error', error, traceback.format_exc())
            try:
                connection.send(answer)
            except Exception:
                code = 1
                connection.send(('error', None, traceback.format_exc()))
            connection.close()
            sys.exit(code)
        start()
        """;
}
