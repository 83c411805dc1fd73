// After "Sharing state between processes", Shared memory, in the documentation of Python's multiprocessing:
//     num = Value('d', 0.0); arr = Array('i', range(10))
using Multiproc;

namespace Tour.Sharing;

[Part(1, "A value and an array that a child changes")]
internal static class ValueAndArray
{
    public static void Run()
    {
        using var number = Mp.Value(0.0);
        using var array = Mp.Array<int>([.. Enumerable.Range(0, 10)]);
        using var process = Mp.Process(Change, number, array);
        process.Start();
        process.Join();
        Console.WriteLine(number.Value);
        Console.WriteLine(string.Join(", ", array));
    }

    private static void Change(SharedValue<double> number, SharedArray<int> array)
    {
        number.Value = 3.1415927;
        for (int i = 0; i < array.Length; i++)
        {
            array[i] = -array[i];
        }
    }
}
