using System.Runtime.InteropServices;

namespace Multiproc.SharedMemory.Linux;

/// <summary>An anonymous memory file and its mapping. The kernel frees it when the last process that has it is gone.</summary>
internal sealed unsafe class LinuxMemory : MappedMemory
{
    private nint _address;
    private int _descriptor;

    private LinuxMemory(int descriptor, long size, nint address)
    {
        _descriptor = descriptor;
        Size = size;
        _address = address;
    }

    public override byte* Address => (byte*)_address;

    public override long Size { get; }

    /// <summary>The descriptor to send to other processes; this object still owns it.</summary>
    public int Descriptor => _descriptor;

    public static new LinuxMemory Create(long size, bool reserve)
    {
        if (reserve && !FreeMemory.MayHave(size))
        {
            throw Failure(size, "reserved", MemoryCalls.NoMemory);
        }

        int descriptor = AnonymousFile.Open("multiproc\0"u8);
        if (descriptor < 0)
        {
            throw Failure(size, "made", Marshal.GetLastPInvokeError());
        }

        try
        {
            if (MemoryCalls.ftruncate(descriptor, size) != 0)
            {
                throw Failure(size, "sized", Marshal.GetLastPInvokeError());
            }

            int error;
            do
            {
                error = reserve ? MemoryCalls.posix_fallocate(descriptor, 0, size) : 0;
            }
            while (error == MemoryCalls.Interrupted);
            return error == 0 ? Map(descriptor, size) : throw Failure(size, "reserved", error);
        }
        catch
        {
            MemoryCalls.close(descriptor);
            throw;
        }
    }

    /// <summary>Maps memory made by another process; takes ownership of the descriptor.</summary>
    public static LinuxMemory Adopt(int descriptor)
    {
        try
        {
            long size = MemoryCalls.lseek(descriptor, 0, whence: 2);
            return size > 0 ? Map(descriptor, size) : throw Failure(size, "measured", Marshal.GetLastPInvokeError());
        }
        catch
        {
            MemoryCalls.close(descriptor);
            throw;
        }
    }

    public override MappedMemory MapAgain()
    {
        int copy = MemoryCalls.fcntl(_descriptor, MemoryCalls.DuplicateCloseOnExec, 0);
        return copy >= 0 ? Adopt(copy) : throw Failure(Size, "mapped again", Marshal.GetLastPInvokeError());
    }

    public override void GiveBackPages()
    {
        // The new mapping replaces the old one in one step: no address is unmapped in between.
        nint address = MemoryCalls.mmap(_address, (nuint)Size, MemoryCalls.ReadWrite, MemoryCalls.ReservedOnly, -1, 0);
        if (address != -1)
        {
            CloseDescriptor();
        }
    }

    public override void Dispose()
    {
        nint address = Interlocked.Exchange(ref _address, 0);
        if (address != 0)
        {
            MemoryCalls.munmap(address, (nuint)Size);
            CloseDescriptor();
        }
    }

    private void CloseDescriptor()
    {
        int descriptor = Interlocked.Exchange(ref _descriptor, -1);
        if (descriptor >= 0)
        {
            MemoryCalls.close(descriptor);
        }
    }

    private static LinuxMemory Map(int descriptor, long size)
    {
        nint address = MemoryCalls.mmap(0, (nuint)size, MemoryCalls.ReadWrite, MemoryCalls.Shared, descriptor, 0);
        return address != -1 ? new LinuxMemory(descriptor, size, address) : throw Failure(size, "mapped", Marshal.GetLastPInvokeError());
    }

    private static MultiprocException Failure(long size, string what, int error) => new(
        $"{size} bytes of shared memory could not be {what}: {SystemError.Text(error)}."
        + (SystemError.IsOutOfDescriptors(error) ? "" : " Ask for less, or raise the memory limit of this system or container."));
}
