using Multiproc.Processes.Warm;
using Multiproc.Transport.Rings;

namespace Multiproc.Processes.Linux;

/// <summary>Runs the first steps of a child on Linux, before any code of the program.</summary>
internal static class LinuxChild
{
    private const int CloseOnExecFlag = 1;

    /// <returns>The exit code.</returns>
    public static int Run()
    {
        // A child must not outlive a killed parent. The kernel ensures this, whatever this process is doing at that time.
        LibC.prctl(LibC.PrSetParentDeathSignal, LibC.SigKill);
        LibC.close(SpawnCall.LifelineDescriptor);

        // The runtime has booted without an error message, so from now on stderr is the program's.
        LibC.dup2(SpawnCall.StderrDescriptor, 2);
        LibC.close(SpawnCall.StderrDescriptor);
        if (LibC.fcntl(SpawnCall.ConnectionDescriptor, LibC.FileSetFlags, CloseOnExecFlag) != 0)
        {
            throw new ProcessStartException("This program must be started by a program that uses Multiproc, which passes a connection as descriptor 3: there "
                + "is none.");
        }

        HeadStart.Begin();
        return ChildHost.Run(RingLink.AdoptFromParent(SpawnCall.ConnectionDescriptor));
    }
}
