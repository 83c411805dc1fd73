// After the example of connection.wait in the documentation of Python's multiprocessing:
//     The following code uses wait() to wait for messages from multiple processes at once.
using Multiproc;

namespace Tour.Connections;

[Part(4, "Waiting for several pipes and a process at once")]
internal static class WaitingForMany
{
    public static void Run()
    {
        var readers = new List<Connection>();
        var children = new List<ChildProcess>();
        for (int i = 0; i < 4; i++)
        {
            var (reader, writer) = Mp.Pipe(duplex: false);
            var child = Mp.Process(SendNumbers, writer, i);
            child.Start();

            // Our copy of the end is closed, so the end of the child is the end of the pipe.
            writer.Close();
            readers.Add(reader);
            children.Add(child);
        }

        var (never, _) = Mp.Pipe();
        using var silent = Mp.Process(static () => { });
        silent.Start();
        var open = new List<object>(readers) { never, silent };
        int[] sums = new int[readers.Count];
        while (open.Count > 1)
        {
            foreach (object ready in Connection.Wait(open))
            {
                if (ready is not Connection reader)
                {
                    open.Remove(ready);
                    continue;
                }

                try
                {
                    sums[readers.IndexOf(reader)] += reader.Recv<int>();
                }
                catch (EndOfStreamException)
                {
                    open.Remove(reader);
                }
            }
        }

        Console.WriteLine($"sums: {string.Join(", ", sums)}");
        Console.WriteLine($"the silent process ended with {silent.ExitCode}");
        Console.WriteLine($"still silent: {Connection.Wait(open, TimeSpan.FromMilliseconds(10)).Count} ready of {open.Count}");
        children.ForEach(static child => child.Join());
    }

    private static void SendNumbers(Connection writer, int child)
    {
        for (int i = 0; i < 10; i++)
        {
            writer.Send(i * child);
        }
    }
}
