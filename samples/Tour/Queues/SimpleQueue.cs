// After "SimpleQueue" in the documentation of Python's multiprocessing:
//     It is a simplified Queue type, very close to a locked Pipe.
using Multiproc;

namespace Tour.Queues;

[Part(2, "A queue with nothing but Put, Get, Empty and Close")]
internal static class SimpleQueue
{
    public static void Run()
    {
        using var words = Mp.SimpleQueue<string?>();
        using var lengths = Mp.SimpleQueue<int>();
        using var process = Mp.Process(Measure, words, lengths);
        process.Start();
        foreach (string word in (string[])["spam", "eggs", "bacon"])
        {
            words.Put(word);
            Console.WriteLine($"{word}: {lengths.Get()}");
        }

        words.Put(null);
        process.Join();
        Console.WriteLine($"empty: {words.Empty()}");
    }

    private static void Measure(SharedSimpleQueue<string?> words, SharedSimpleQueue<int> lengths)
    {
        while (words.Get() is { } word)
        {
            lengths.Put(word.Length);
        }
    }
}
