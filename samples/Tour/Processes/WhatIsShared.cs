// After "Global variables" and "Explicitly pass resources to child processes" in the programming guidelines of Python's multiprocessing:
//     the value a child process sees (if any) may not be the same as the value in the parent process
using Multiproc;

namespace Tour.Processes;

[Part(6, "What is shared with a child: only shared objects")]
internal static class WhatIsShared
{
    private static int s_static;

    public static void Run()
    {
        s_static = 1;
        var list = new List<int> { 1 };
        using var value = Mp.Value(1);
        using var process = Mp.Process(Change, list, value);
        process.Start();
        process.Join();
        Console.WriteLine($"parent: static {s_static}, list of {list.Count}, value {value.Value}");
    }

    private static void Change(List<int> list, SharedValue<int> value)
    {
        // Main did not run here, so the static field has its initial value. The list is a copy. The value is the parent's own.
        Console.WriteLine($"child before: static {s_static}, list of {list.Count}, value {value.Value}");
        s_static = 42;
        list.Add(42);
        value.Value = 42;
        Console.WriteLine($"child after: static {s_static}, list of {list.Count}, value {value.Value}");
    }
}
