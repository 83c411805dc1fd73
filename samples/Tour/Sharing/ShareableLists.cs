// After "shared_memory: ShareableList" in the documentation of Python's multiprocessing:
//     a = shared_memory.ShareableList(['howdy', b'HoWdY', -273.154, 100, None, True, 42])
//     c = shared_memory.ShareableList(name=b.shm.name)
using Multiproc;

namespace Tour.Sharing;

[Part(4, "A list in shared memory, whose items keep their types")]
internal static class ShareableLists
{
    public static void Run()
    {
        using var list = new ShareableList(["howdy", "HoWdY"u8.ToArray(), -273.154, 100, null, true, 42]);
        Console.WriteLine(string.Join(", ", list.Select(static item => item?.GetType().Name ?? "null")));
        list[2] = -78.5;
        list[2] = "dry ice"; // Another type, in the same eight bytes.
        Console.WriteLine($"{list[2]}; 42 is at {list.IndexOf(42)}, True is there {list.CountOf(true)} time");
        try
        {
            list[0] = "a text that is longer than its slot";
        }
        catch (ArgumentException)
        {
            Console.WriteLine($"too long, and nothing was changed: {list[0]}");
        }

        using var process = Mp.Process(Change, list.Name);
        process.Start();
        process.Join();
        Console.WriteLine($"{list[0]}, {list[6]}, {list.Format}");

        // Python loses zeros at the end of text and bytes.
        using var exact = new ShareableList(["nul\0", new byte[] { 1, 0, 0 }]);
        Console.WriteLine($"{((string)exact[0]!).Length} characters, {((byte[])exact[1]!).Length} bytes");
    }

    private static void Change(string name)
    {
        using var same = ShareableList.Attach(name);
        same[0] = "hello";
        same[^1] = 43;
    }
}
