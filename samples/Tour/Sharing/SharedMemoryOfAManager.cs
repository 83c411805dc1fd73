// After "SharedMemoryManager" in the documentation of Python's multiprocessing:
//     with SharedMemoryManager() as smm: sl = smm.ShareableList(range(2000))
//         p1 = Process(target=do_work, args=(sl, 0, 1000)); p2 = Process(target=do_work, args=(sl, 1000, 2000))
using Multiproc;

namespace Tour.Sharing;

[Part(5, "A manager that frees the memory it created")]
internal static class SharedMemoryOfAManager
{
    public static void Run()
    {
        string name;
        using (var memory = new SharedMemoryManager().Start())
        {
            var numbers = memory.ShareableList(Enumerable.Range(0, 2000).Cast<object?>());
            name = numbers.Name;
            using var first = Mp.Process(Double, numbers, 0, 1000);
            using var second = Mp.Process(Double, numbers, 1000, 2000);
            first.Start();
            second.Start();
            first.Join();
            second.Join();
            Console.WriteLine($"total: {numbers.Sum(static item => (long)item!)}");
        }

        try
        {
            ShareableList.Attach(name).Dispose();
        }
        catch (FileNotFoundException gone)
        {
            Console.WriteLine($"after the manager: {gone.GetType().Name}");
        }
    }

    private static void Double(ShareableList numbers, int from, int to)
    {
        using (numbers)
        {
            for (int i = from; i < to; i++)
            {
                numbers[i] = 2 * (long)numbers[i]!;
            }
        }
    }
}
