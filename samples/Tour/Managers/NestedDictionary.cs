// After "Proxy Objects" in the documentation of Python's multiprocessing:
//     # create a list proxy and append a mutable object (a dictionary)
//     lproxy = manager.list()
//     lproxy.append({})
//     d = lproxy[0]
//     d['a'] = 1      # changes to d are not synced ...
//     lproxy[0] = d   # ... until it is assigned again
using Multiproc;

namespace Tour.Managers;

[Part(3, "A dictionary in a dictionary: the wrong way, and three right ones")]
internal static class NestedDictionary
{
    private const int Workers = 10;

    public static void Run()
    {
        using var manager = Mp.Manager();
        var counts = manager.Dictionary<string, Dictionary<string, int>>([new("words", [])]);

        RunWorkers(number => Mp.Process(ChangeACopy, counts, number));
        Console.WriteLine($"changing what was read:    {counts["words"].Count} of {Workers} words");

        var gate = manager.Lock();
        RunWorkers(number => Mp.Process(WriteBackUnderALock, counts, gate, number));
        Console.WriteLine($"writing back under a lock: {counts["words"].Count} of {Workers} words");

        counts["words"] = [];
        RunWorkers(number => Mp.Process(Update, counts, number));
        Console.WriteLine($"Update:                    {counts["words"].Count} of {Workers} words");

        // The inner dictionary lives in the manager too, so reading it gives a proxy and not a copy.
        var nested = manager.Dictionary<string, DictionaryProxy<string, int>>([new("words", manager.Dictionary<string, int>())]);
        RunWorkers(number => Mp.Process(ChangeInside, nested, number));
        Console.WriteLine($"a nested proxy:            {nested["words"].Count} of {Workers} words");
    }

    /// <summary>The trap: the indexer returns a copy, and the change to it is lost.</summary>
    private static void ChangeACopy(DictionaryProxy<string, Dictionary<string, int>> counts, int number) => counts["words"][$"word {number}"] = number;

    private static void WriteBackUnderALock(DictionaryProxy<string, Dictionary<string, int>> counts, SharedLock gate, int number)
    {
        using (gate.Hold())
        {
            var words = counts["words"];
            words[$"word {number}"] = number;
            counts["words"] = words;
        }
    }

    private static void Update(DictionaryProxy<string, Dictionary<string, int>> counts, int number) =>
        counts.Update("words", words => words[$"word {number}"] = number);

    private static void ChangeInside(DictionaryProxy<string, DictionaryProxy<string, int>> counts, int number) => counts["words"][$"word {number}"] = number;

    private static void RunWorkers(Func<int, ChildProcess> worker)
    {
        var workers = Enumerable.Range(0, Workers).Select(worker).ToList();
        workers.ForEach(static each => each.Start());
        workers.ForEach(static each => each.Join());
        workers.ForEach(static each => each.Dispose());
    }
}
