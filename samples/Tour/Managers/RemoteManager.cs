// After "Using a remote manager" in the documentation of Python's multiprocessing:
//     queue = Queue()
//     class QueueManager(BaseManager): pass
//     QueueManager.register('get_queue', callable=lambda: queue)
//     m = QueueManager(address=('', 50000), authkey=b'abracadabra')
//     s = m.get_server()
//     s.serve_forever()
//
//     QueueManager.register('get_queue')
//     m = QueueManager(address=('foo.bar.org', 50000), authkey=b'abracadabra')
//     m.connect()
//     queue = m.get_queue()
//     queue.put('hello')
using System.Security.Cryptography;
using Multiproc;

namespace Tour.Managers;

[Part(7, "A queue in a remote manager: served by one process, used by others over TCP with a key")]
internal static class RemoteManager
{
    public static void Run()
    {
        byte[] key = RandomNumberGenerator.GetBytes(32); // The key grants access from anywhere, so it must not be guessable.
        using var told = Mp.Queue<int>();
        using var server = Mp.Process(Serve, key, told);
        server.Start();
        var address = new ManagerAddress("127.0.0.1", told.Get());

        RunToTheEnd(Mp.Process(Put, address, key));
        RunToTheEnd(Mp.Process(Get, address, key));
        RunToTheEnd(Mp.Process(Put, address, RandomNumberGenerator.GetBytes(32)));

        using var manager = new QueueManager(address, key);
        manager.Connect();
        manager.Shutdown();
        server.Join();
        Console.WriteLine($"the server ended with {server.ExitCode}");
    }

    private static void Serve(byte[] key, SharedQueue<int> told)
    {
        var server = new QueueManager(new ManagerAddress("127.0.0.1", 0), key).GetServer(); // Port 0: any free port.
        told.Put(server.Address.Port);
        server.ServeForever();
    }

    private static void Put(ManagerAddress address, byte[] key)
    {
        using var manager = new QueueManager(address, key);
        try
        {
            manager.Connect();
        }
        catch (AuthenticationException)
        {
            Console.WriteLine("with another key: refused");
            return;
        }

        SharedQueue<string> queue = manager.GetQueue();
        queue.Put("hello");
        Console.WriteLine("one process put it");
    }

    private static void Get(ManagerAddress address, byte[] key)
    {
        using var manager = new QueueManager(address, key);
        manager.Connect();
        Console.WriteLine($"another got '{manager.GetQueue().Get()}'");
    }

    private static void RunToTheEnd(ChildProcess process)
    {
        using (process)
        {
            process.Start();
            process.Join();
        }
    }

    private sealed class QueueManager(ManagerAddress address, byte[] key) : BaseManager<QueueManager>(address, key)
    {
        private static readonly Lazy<SharedQueue<string>> s_queue = new(() => Mp.Queue<string>()); // Created in the server at the first request.

        static QueueManager() => Register("get_queue", static () => s_queue.Value);

        public SharedQueue<string> GetQueue() => Create("get_queue");
    }
}
