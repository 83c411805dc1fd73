using System.Runtime.InteropServices;

namespace Multiproc.SharedMemory.Linux;

/// <summary>Creates an anonymous file in memory; where the system denies that (a seccomp filter, an emulated kernel), an unlinked temporary file.</summary>
internal static unsafe class AnonymousFile
{
    private const string MemoryRoot = "/dev/shm";

    /// <param name="name">The name shown in /proc; ends with a NUL.</param>
    /// <returns>A descriptor that closes on exec; -1 with the error number set if the call failed.</returns>
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

    private static int Nameless(string folder) =>
        FileCalls.open(folder, FileCalls.ReadWrite | FileCalls.Temporary | FileCalls.CloseOnExec, FileCalls.OwnerOnly);
}
