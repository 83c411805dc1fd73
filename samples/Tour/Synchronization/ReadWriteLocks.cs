// Python's multiprocessing has no such lock. .NET has one for the threads of a process, ReaderWriterLockSlim:
//     gate.EnterReadLock(); gate.EnterUpgradeableReadLock(); gate.EnterWriteLock();
using Multiproc;

namespace Tour.Synchronization;

[Part(6, "A lock for many readers or one writer")]
internal static class ReadWriteLocks
{
    public static void Run()
    {
        using var gate = Mp.ReadWriteLock();
        using var pair = Mp.Barrier(3);
        using var stock = Mp.RawValue(2);
        using var sold = Mp.Counter();

        var readers = Enumerable.Range(0, 2).Select(_ => Mp.Process(Read, gate, pair)).ToList();
        readers.ForEach(static process => process.Start());
        pair.Wait(); // Both hold it for reading.
        Console.WriteLine($"readers inside: {gate.CurrentReadCount}, a writer comes in: {gate.TryAcquireWrite()}");
        pair.Wait();
        readers.ForEach(static process => process.Join());
        readers.ForEach(static process => process.Dispose());

        var buyers = Enumerable.Range(0, 3).Select(_ => Mp.Process(Buy, gate, stock, sold)).ToList();
        buyers.ForEach(static process => process.Start());
        buyers.ForEach(static process => process.Join());
        buyers.ForEach(static process => process.Dispose());
        Console.WriteLine($"three came to buy: {sold.Value} sold, {stock.Value} left");

        using var writer = Mp.Process(Die, gate);
        writer.Start();
        writer.Join();
        using var hold = gate.ReadLock();
        Console.WriteLine($"the writer died, readers are told: {gate.Abandoned}");
    }

    private static void Read(SharedReadWriteLock gate, SharedBarrier pair)
    {
        using var hold = gate.ReadLock();
        pair.Wait();
        pair.Wait();
    }

    private static void Buy(SharedReadWriteLock gate, SharedValue<int> stock, SharedCounter sold)
    {
        using var hold = gate.UpgradeableReadLock();
        if (stock.Value > 0 && gate.Upgrade())
        {
            stock.Value--; // What was read is still so: nobody has written since.
            sold.Increment();
        }
    }

    private static void Die(SharedReadWriteLock gate)
    {
        gate.AcquireWrite();
        System.Diagnostics.Process.GetCurrentProcess().Kill();
    }
}
