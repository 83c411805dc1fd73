// After "Sharing state between processes", Server process, in the documentation of Python's multiprocessing:
//     def f(d, l):
//         d[1] = '1'; d['2'] = 2; d[0.25] = None
//         l.reverse()
//     with Manager() as manager:
//         d = manager.dict()
//         l = manager.list(range(10))
using Multiproc;

namespace Tour.Managers;

[Part(2, "A dictionary and a list, changed by a child")]
internal static class DictionaryAndList
{
    public static void Run()
    {
        using var manager = Mp.Manager();
        var dictionary = manager.Dictionary<object, object?>();
        var list = manager.List(Enumerable.Range(0, 10));
        using var process = Mp.Process(Change, dictionary, list);
        process.Start();
        process.Join();
        Console.WriteLine(dictionary);
        Console.WriteLine(list);
    }

    private static void Change(DictionaryProxy<object, object?> dictionary, ListProxy<int> list)
    {
        dictionary[1] = "1";
        dictionary["2"] = 2;
        dictionary[0.25] = null;
        list.Reverse();
    }
}
