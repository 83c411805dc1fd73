// After "shared_memory: SharedMemory" in the documentation of Python's multiprocessing:
//     shm_a = shared_memory.SharedMemory(create=True, size=10); buffer[:4] = bytearray([22, 33, 44, 55])
//     shm_b = shared_memory.SharedMemory(shm_a.name)
using Multiproc;

namespace Tour.Sharing;

[Part(3, "Shared memory with a name")]
internal static class SharedMemoryByName
{
    public static void Run()
    {
        using var block = SharedMemoryBlock.Create(10);
        Console.WriteLine($"size: {block.Size}");
        ((byte[])[22, 33, 44, 55]).CopyTo(block.Buf);
        block.Buf[4] = 100;
        using var process = Mp.Process(Change, block.Name);
        process.Start();
        process.Join();
        Console.WriteLine(string.Join(", ", block.Buf[..5].ToArray()));

        // Attached processes keep the memory; only the name is gone.
        string name = block.Name;
        block.Unlink();
        Console.WriteLine($"still here: {block.Buf[0]}");
        try
        {
            SharedMemoryBlock.Attach(name).Dispose();
        }
        catch (FileNotFoundException gone)
        {
            Console.WriteLine($"by its name: {gone.GetType().Name}");
        }
    }

    private static void Change(string name)
    {
        using var same = SharedMemoryBlock.Attach(name);
        "howdy"u8.CopyTo(same.Buf);
    }
}
