using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Multiproc.SharedMemory.Linux;

namespace Multiproc.SharedMemory;

/// <summary>
/// A user's claim on a named block: an open file with a shared lock, which the system takes back when the process dies. Who leaves last removes the
/// name; the pages live as long as somebody has them mapped.
/// </summary>
internal sealed class BlockLease
{
    /// <summary>The error number of an <see cref="IOException"/> that says a name is taken.</summary>
    public const int NameExists = FileCalls.Exists;

    private static readonly ConcurrentDictionary<BlockLease, bool> s_held = new();

    private readonly Lock _gate = new();
    private readonly string _path;
    private int _descriptor;

    static BlockLease() => AppDomain.CurrentDomain.ProcessExit += static (_, _) =>
    {
        foreach (var lease in s_held.Keys)
        {
            lease.Leave();
        }
    };

    private BlockLease(string path, int descriptor)
    {
        _path = path;
        _descriptor = descriptor;
        s_held.TryAdd(this, true);
    }

    /// <summary>Makes a block that is all there, and gives it its name last: nobody sees half of one.</summary>
    /// <exception cref="IOException">The name is in use, or there is no room.</exception>
    public static BlockLease Create(string name, long size)
    {
        string path = BlockFolder.PathOf(name);
        int descriptor = FileCalls.open(BlockFolder.Path, FileCalls.ReadWrite | FileCalls.Temporary | FileCalls.CloseOnExec, FileCalls.OwnerOnly);
        try
        {
            Require(descriptor >= 0 ? 0 : Marshal.GetLastPInvokeError(), name, "made");
            Reserve(descriptor, size, name);
            FileCalls.TryLock(descriptor, FileCalls.LockShared);
            int error = BlockFolder.Locked(() => BlockFolder.IsInUse_UnderLock(path) ? FileCalls.Exists : FileCalls.Link(descriptor, path));
            Require(error, name, "named");
            return new BlockLease(path, descriptor);
        }
        catch
        {
            MemoryCalls.close(descriptor);
            throw;
        }
    }

    /// <exception cref="FileNotFoundException">There is no such block, or nobody is left who uses it.</exception>
    public static BlockLease Attach(string name)
    {
        string path = BlockFolder.PathOf(name);
        return BlockFolder.Locked(() =>
        {
            int descriptor = BlockFolder.IsInUse_UnderLock(path) ? FileCalls.open(path, FileCalls.ReadWrite | FileCalls.CloseOnExec, 0) : -1;
            if (descriptor < 0)
            {
                throw Missing(name);
            }

            FileCalls.TryLock(descriptor, FileCalls.LockShared);
            return new BlockLease(path, descriptor);
        });
    }

    public LinuxMemory Map() => LinuxMemory.Adopt(FileCalls.open($"/proc/self/fd/{_descriptor}", FileCalls.ReadWrite | FileCalls.CloseOnExec, 0));

    /// <summary>Takes the name away; who uses the block goes on.</summary>
    /// <exception cref="FileNotFoundException">It has none any more.</exception>
    public void Unlink()
    {
        if (!TryUnlink())
        {
            throw Missing(Path.GetFileName(_path));
        }
    }

    /// <returns>False when it has no name any more.</returns>
    public bool TryUnlink() => BlockFolder.Locked(() =>
    {
        lock (_gate)
        {
            if (_descriptor < 0 || !FileCalls.IsLinked(_descriptor))
            {
                return false;
            }

            File.Delete(_path);
            return true;
        }
    });

    /// <summary>May be called again.</summary>
    public void Leave()
    {
        if (!s_held.TryRemove(this, out _))
        {
            return;
        }

        BlockFolder.Locked(() =>
        {
            lock (_gate)
            {
                if (FileCalls.IsLinked(_descriptor) && FileCalls.TryLock(_descriptor, FileCalls.LockExclusive | FileCalls.LockNow))
                {
                    File.Delete(_path);
                }

                MemoryCalls.close(_descriptor);
                _descriptor = -1;
                return true;
            }
        });
    }

    private static void Reserve(int descriptor, long size, string name)
    {
        Require(FreeMemory.MayHave(size) ? 0 : MemoryCalls.NoMemory, name, $"given {size} bytes");
        Require(MemoryCalls.ftruncate(descriptor, size) == 0 ? 0 : Marshal.GetLastPInvokeError(), name, $"given {size} bytes");
        int error;
        do
        {
            // A file with holes would be a fault at the first touch when the system is full.
            error = MemoryCalls.posix_fallocate(descriptor, 0, size);
        }
        while (error == MemoryCalls.Interrupted);
        Require(error, name, $"given {size} bytes");
    }

    private static void Require(int error, string name, string what)
    {
        if (error == FileCalls.Exists)
        {
            throw new IOException($"A block of shared memory with the name '{name}' exists. Attach to it, or take another name.", error);
        }

        if (error != 0)
        {
            throw new IOException(
                $"Block '{name}' could not be {what} in {BlockFolder.Path}: {Marshal.GetPInvokeErrorMessage(error)} (error {error}). Ask for less, or enlarge that file system.", error);
        }
    }

    private static FileNotFoundException Missing(string name) =>
        new($"There is no block of shared memory with the name '{name}': it was unlinked, its last user is gone, or another user's program made it.", name);
}
