// After "Process.run()" in the documentation of Python's multiprocessing:
//     class Worker(Process):
//         def run(self): ...
using Multiproc;

namespace Tour.Processes;

[Part(3, "A subclass of ChildProcess")]
internal static class Subclass
{
    public static void Run()
    {
        using var squares = Mp.Queue<int>();
        using var worker = new Worker([1, 2, 3], squares);
        worker.Start();
        worker.Join();
        Console.WriteLine($"{string.Join(' ', squares.Get(), squares.Get(), squares.Get())}");
    }

    /// <summary>The fields are sent to the child, which calls Run.</summary>
    private sealed class Worker(int[] numbers, SharedQueue<int> squares) : ChildProcess
    {
        protected override void Run()
        {
            foreach (int number in numbers)
            {
                squares.Put(number * number);
            }
        }
    }
}
