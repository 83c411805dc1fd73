// After "Event" in the documentation of Python's multiprocessing, "a clone of threading.Event":
//     e.wait(t); e.is_set(); e.set()
using Multiproc;

namespace Tour.Synchronization;

[Part(3, "An event, with and without a timeout")]
internal static class Events
{
    public static void Run()
    {
        using var ready = Mp.Event();
        using var go = Mp.Event();
        using var process = Mp.Process(Wait, ready, go);
        process.Start();
        ready.Wait();
        go.Set();
        process.Join();
    }

    private static void Wait(SharedEvent ready, SharedEvent go)
    {
        Console.WriteLine($"with a timeout: {go.Wait(TimeSpan.FromMilliseconds(20))}, is set: {go.IsSet}");
        ready.Set();
        Console.WriteLine($"without: {go.Wait()}, is set: {go.IsSet}");
    }
}
