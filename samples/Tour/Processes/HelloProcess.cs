// After "The Process class" in the documentation of Python's multiprocessing:
//     p = Process(target=f, args=('bob',)); p.start(); p.join()
using Multiproc;

namespace Tour.Processes;

[Part(2, "A method in a process of its own")]
internal static class HelloProcess
{
    public static void Run()
    {
        Info("main line");
        using var process = Mp.Process(Greet, "bob", name: "greeter"); // Without a name it is Process-1.
        process.Start();
        process.Join();
        Console.WriteLine($"{process.Name} ended with {process.ExitCode}");

        // The values that a lambda captures are sent along.
        string name = "alice";
        using var other = Mp.Process(() => Console.WriteLine($"hello {name}"), name: "other greeter");
        other.Start();
        other.Join();
        Console.WriteLine($"{other.Name} ended with {other.ExitCode}");
    }

    private static void Greet(string name)
    {
        Info("method Greet");
        Console.WriteLine($"hello {name}");
    }

    private static void Info(string title) =>
        Console.WriteLine($"{title}: this is {Mp.CurrentProcess.Name}, the parent is {Mp.ParentProcess?.Name ?? "none of ours"}");
}
