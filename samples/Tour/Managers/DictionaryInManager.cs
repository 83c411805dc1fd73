// After "Sharing state between processes", Server process, in the documentation of Python's multiprocessing:
//     with Manager() as manager:
//         d = manager.dict()
using Multiproc;

namespace Tour.Managers;

[Part(1, "A dictionary in a manager, changed by a child")]
internal static class DictionaryInManager
{
    public static void Run()
    {
        using var manager = Mp.Manager();
        var dictionary = manager.Dictionary<string, int>();
        dictionary["spam"] = 1;
        using var process = Mp.Process(Change, dictionary);
        process.Start();
        process.Join();
        foreach (var (key, value) in dictionary.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            Console.WriteLine($"{key}: {value}");
        }
    }

    private static void Change(DictionaryProxy<string, int> dictionary)
    {
        dictionary["eggs"] = 2;
        dictionary.Increment("spam", 41); // One step in the server: += would be two.
    }
}
