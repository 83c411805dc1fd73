// After "Pipes" in the documentation of Python's multiprocessing:
//     parent_conn, child_conn = Pipe()
using Multiproc;

namespace Tour.Connections;

[Part(1, "A pipe, both ways and one way")]
internal static class TwoWayPipe
{
    public static void Run()
    {
        var (ours, theirs) = Mp.Pipe();
        using var process = Mp.Process(Reply, theirs);
        process.Start();
        theirs.Close();
        Console.WriteLine(string.Join(", ", ours.Recv<object?[]>().Select(static each => each ?? "null")));
        ours.Send("that was all?");
        Console.WriteLine(ours.Recv<string>());
        process.Join();

        var (reader, writer) = Mp.Pipe(duplex: false);
        Console.WriteLine($"{reader}, {writer}");
        using var counter = Mp.Process(Count, writer);
        counter.Start();
        writer.Close();
        try
        {
            while (true)
            {
                Console.WriteLine(reader.Recv<int>());
            }
        }
        catch (EndOfStreamException end)
        {
            Console.WriteLine(end.Message);
        }
    }

    private static void Reply(Connection pipe)
    {
        pipe.Send(new object?[] { 42, null, "hello" });
        Console.WriteLine($"the child hears: {pipe.Recv<string>()}");
        pipe.Send("yes");
    }

    private static void Count(Connection writer)
    {
        for (int i = 1; i <= 3; i++)
        {
            writer.Send(i);
        }
    }
}
