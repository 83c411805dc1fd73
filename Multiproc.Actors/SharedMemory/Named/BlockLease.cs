using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Multiproc.SharedMemory.Linux;

namespace Multiproc.SharedMemory;

/// <summary>
/// The lease of a named block: an open file with a shared lock, which the system releases when the process dies. The last user removes the
/// name; the pages live as long as a process has them mapped.
/// </summary>
internal sealed class BlockLease
{
    /// <summary>The error number of an <see cref="IOException"/> which says that a name is in use.</summary>
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

    /// <summary>Creates a block completely and names it last, so that no other process sees an incomplete block.</summary>
    /// <exception cref="IOException">The name is in use, or the system has too little memory.</exception>
    public static BlockLease Create(string name, long size)
    {
        string path = BlockFolder.PathOf(name);
        int descriptor = FileCalls.open(Path.GetDirectoryName(path)!, FileCalls.ReadWrite | FileCalls.Temporary | FileCalls.CloseOnExec, FileCalls.OwnerOnly);
        try
        {
            Require(descriptor >= 0 ? 0 : Marshal.GetLastPInvokeError(), path, "made");
            Reserve(descriptor, size, path);
            FileCalls.TryLock(descriptor, FileCalls.LockShared);
            int error = BlockFolder.Locked(() => BlockFolder.IsInUse_UnderLock(path) ? FileCalls.Exists : FileCalls.Link(descriptor, path));
            Require(error, path, "named");
            return new BlockLease(path, descriptor);
        }
        catch
        {
            if (descriptor >= 0)
            {
                MemoryCalls.close(descriptor);
            }

            throw;
        }
    }

    /// <exception cref="FileNotFoundException">The block does not exist, or all of its users are gone.</exception>
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

    /// <exception cref="MultiprocException">The process has no free descriptor or addresses.</exception>
    public LinuxMemory Map()
    {
        int descriptor = FileCalls.open($"/proc/self/fd/{_descriptor}", FileCalls.ReadWrite | FileCalls.CloseOnExec, 0);
        return descriptor >= 0
            ? LinuxMemory.Adopt(descriptor)
            : throw new MultiprocException($"Block '{Path.GetFileName(_path)}' could not be opened once more to be mapped: {SystemError.Last}.");
    }

    /// <summary>Removes the name; current users keep the block.</summary>
    /// <exception cref="FileNotFoundException">The block has no name any more.</exception>
    public void Unlink()
    {
        if (!TryUnlink())
        {
            throw Missing(Path.GetFileName(_path));
        }
    }

    /// <returns>False if the block has no name any more.</returns>
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

    /// <summary>Ends the lease. Does nothing when called again.</summary>
    public void Leave()
    {
        if (!s_held.TryRemove(this, out _))
        {
            return;
        }

        try
        {
            BlockFolder.Locked(() =>
            {
                Close(mayRemove: true);
                return true;
            });
        }
        catch (Exception unusable) when (unusable is MultiprocException or IOException or UnauthorizedAccessException)
        {
            // The folder is gone, or no descriptor is free: the next sweep of the folder removes the name, if it still exists.
            Close(mayRemove: false);
        }
    }

    private void Close(bool mayRemove)
    {
        lock (_gate)
        {
            if (_descriptor < 0)
            {
                return;
            }

            if (mayRemove && FileCalls.IsLinked(_descriptor) && FileCalls.TryLock(_descriptor, FileCalls.LockExclusive | FileCalls.LockNow))
            {
                File.Delete(_path);
            }

            MemoryCalls.close(_descriptor);
            _descriptor = -1;
        }
    }

    private static void Reserve(int descriptor, long size, string path)
    {
        Require(FreeMemory.MayHave(size) ? 0 : MemoryCalls.NoMemory, path, $"given {size} bytes");
        Require(MemoryCalls.ftruncate(descriptor, size) == 0 ? 0 : Marshal.GetLastPInvokeError(), path, $"given {size} bytes");
        int error;
        do
        {
            // A sparse file would fault at the first touch when the system is out of memory.
            error = MemoryCalls.posix_fallocate(descriptor, 0, size);
        }
        while (error == MemoryCalls.Interrupted);
        Require(error, path, $"given {size} bytes");
    }

    private static void Require(int error, string path, string what)
    {
        string name = Path.GetFileName(path);
        if (error == FileCalls.Exists)
        {
            throw new IOException($"A block of shared memory with the name '{name}' exists. Attach to it, or take another name.", error);
        }

        if (error != 0)
        {
            throw new IOException(
                $"Block '{name}' could not be {what} in {Path.GetDirectoryName(path)}: {SystemError.Text(error)}."
                + (SystemError.IsOutOfDescriptors(error) ? "" : " Ask for less, or enlarge that file system."), error);
        }
    }

    private static FileNotFoundException Missing(string name) =>
        new(
            $"There is no block of shared memory with the name '{name}' in {BlockFolder.Path}: it was unlinked, its last user is gone, or another user's "
                + "program made it.",
            name);
}
