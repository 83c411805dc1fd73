using System.Runtime.InteropServices;

namespace Multiproc.SharedMemory.Linux;

/// <summary>A file without a name, in memory. Where the system refuses that (a filter of its calls, an emulated kernel), a file that has lost its name.</summary>
internal static unsafe class AnonymousFile
{
    private const string MemoryRoot = "/dev/shm";

    /// <param name="name">What /proc shows; ends with a NUL.</param>
    /// <returns>A descriptor that closes on exec; -1 with the error number set when there is none.</returns>
    public static int Open(ReadOnlySpan<byte> name)
    {
        int descriptor;
        fixed (byte* text = name)
        {
            descriptor = MemoryCalls.memfd_create(text, MemoryCalls.CloseOnExec);
        }

        int error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
        if (error is SystemError.NotPermitted or SystemError.Refused or SystemError.NotThere)
        {
            descriptor = OpenElsewhere();
            if (descriptor < 0)
            {
                Marshal.SetLastPInvokeError(error);
            }
        }

        return descriptor;
    }

    private static int OpenElsewhere()
    {
        int descriptor = Nameless(MemoryRoot);
        return descriptor >= 0 ? descriptor : Nameless(RuntimeFolder.Path);
    }

    private static int Nameless(string folder) => FileCalls.open(folder, FileCalls.ReadWrite | FileCalls.Temporary | FileCalls.CloseOnExec, FileCalls.OwnerOnly);
}
