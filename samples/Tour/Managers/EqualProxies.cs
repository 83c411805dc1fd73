// After "Proxy Objects" in the documentation of Python's multiprocessing:
//     >>> manager.list([1,2,3]) == [1,2,3]
//     False
//     >>> l = manager.list(range(10)); print(l); print(repr(l))
// and "Proxies are picklable ... they may be nested":
//     >>> a.append(b)         # referent of a now contains referent of b
using Multiproc;

namespace Tour.Managers;

[Part(6, "Proxies are equal if they refer to the same object")]
internal static class EqualProxies
{
    public static void Run()
    {
        using var manager = Mp.Manager();
        var list = manager.List([1, 2, 3]);
        Console.WriteLine($"equal to a list with the same items:  {list.Equals(new List<int> { 1, 2, 3 })}");
        Console.WriteLine($"equal to a proxy with the same items: {list.Equals(manager.List([1, 2, 3]))}");
        Console.WriteLine($"copies of the items are equal:        {list.GetValue().SequenceEqual([1, 2, 3])}");

        var outer = manager.List([list]);
        Console.WriteLine($"what comes out of a list is the same: {outer[0].Equals(list)}");
        list.Append(4);
        Console.WriteLine($"and sees all changes:                 {outer[0]}");
    }
}
