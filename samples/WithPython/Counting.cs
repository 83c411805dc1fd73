using Multiproc;

namespace WithPython;

/// <summary>Shares a queue, a dictionary and a lock of C# with processes of Python.</summary>
internal static class Counting
{
    private const string Line = "the quick brown fox jumps over the lazy dog while nobody watches";

    public static int Run(int workers, int lines, string interpreter, bool kill)
    {
        using var manager = Mp.Manager();
        using var server = manager.ServePython();
        var work = manager.JoinableQueue<string?>();
        var counts = manager.Dictionary<int, int>();
        var gate = manager.Lock();

        var options = new PythonProcessOptions { Interpreter = interpreter, Server = server, WorkingDirectory = AppContext.BaseDirectory };
        var processes = Enumerable.Range(0, workers).Select(_ => Mp.PythonProcess("counting:count", options, work, counts, gate)).ToList();
        processes.ForEach(static each => each.Start());
        work.PutMany(Enumerable.Repeat<string?>(Line, lines));
        if (kill && workers > 1)
        {
            processes[0].Kill();
            processes[0].Join();
            Console.WriteLine($"Killed process {processes[0].Pid}; the line that it had in hand goes to another.");
            processes.RemoveAt(0);
        }

        processes.ForEach(_ => work.Put(null));
        foreach (var each in processes)
        {
            var (pid, done) = each.Result<(int, int)>();
            Console.WriteLine($"Python process {pid} counted {done} lines.");
            each.Dispose();
        }

        work.Join();
        foreach (var (length, number) in counts.OrderBy(static each => each.Key))
        {
            Console.WriteLine($"{number,6} words of {length} letters");
        }

        return 0;
    }
}
