using System.Diagnostics;
using System.Text;
using Multiproc.Tests.Connections;

namespace Multiproc.Tests.Python;

/// <summary>A manager that serves Python, and programs of a real CPython that use it.</summary>
internal sealed class PythonClient : IDisposable
{
    private const string Prelude = """
        import os, queue, signal, sys, threading, time
        import multiprocessing
        from multiprocessing.managers import BaseManager, RemoteError, SyncManager
        address, key = sys.argv[1], bytes.fromhex(sys.argv[2])
        host, colon, port = address.rpartition(':')
        if colon:
            address = (host, int(port))
        multiprocessing.current_process().authkey = key
        class Manager(SyncManager):
            pass
        for name in sys.argv[4:]:
            Manager.register(name)
        def connect():
            manager = Manager(address, authkey=key, serializer=sys.argv[3])
            manager.connect()
            return manager
        def raises(kind, f, *arguments, **named):
            try:
                f(*arguments, **named)
            except kind as error:
                return error
            raise AssertionError('no %s' % kind)
        def same(one, other):
            assert one == other, '%r is not %r' % (one, other)
        def say(*what):
            print(*what, flush=True)
        def hear():
            return sys.stdin.readline().strip()

        """;

    private readonly byte[] _key = Encoding.UTF8.GetBytes("a secret of both");
    private readonly string _folder = Directory.CreateTempSubdirectory("mp-python").FullName;
    private readonly List<string> _offered = [];
    private readonly List<Process> _started = [];
    private int _files;

    private readonly string _serializer;

    public PythonClient(bool tcp = false, PythonSerializer serializer = PythonSerializer.Pickle)
    {
        Manager = Mp.Manager();
        Server = Manager.ServePython(tcp ? "127.0.0.1:0" : null, _key, serializer);
        _serializer = Server.SerializerName;
    }

    public SyncManager Manager { get; }

    public PythonManagerServer Server { get; }

    public byte[] Key => _key;

    public T Offer<T>(string name, T shared)
        where T : SharedObject
    {
        Server.Offer(name, shared);
        _offered.Add(name);
        return shared;
    }

    /// <summary>Starts a program: `m` is its manager.</summary>
    public Process Start(string? version, string program)
    {
        string file = Path.Combine(_folder, $"program{++_files}.py");
        string body = string.Join('\n', program.Split('\n').Select(static line => $"    {line}"));
        File.WriteAllText(file, $"{Prelude}\nif __name__ == '__main__':\n    m = connect()\n{body}\n");
        var process = Interpreter.StartFile(version, file, [Server.Address, Convert.ToHexString(_key), _serializer, .. _offered]);
        _started.Add(process);
        return process;
    }

    /// <summary>Runs a program that should end well.</summary>
    public void Run(string? version, string program) => Start(version, program).ShouldEnd();

    public void Dispose()
    {
        foreach (var process in _started)
        {
            if (!process.HasExited)
            {
                process.Kill();
                process.WaitForExit();
            }

            process.Dispose();
        }

        Server.Dispose();
        Manager.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
