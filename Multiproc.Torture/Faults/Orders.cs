using System.Runtime.InteropServices;

namespace Multiproc.Torture.Faults;

/// <summary>
/// The orders that a process of a load takes by signals, so that it fails from inside at any moment, whatever its threads do: SIGUSR1 is a native write to
/// address zero, SIGUSR2 to allocate until nothing is left.
/// </summary>
internal static unsafe partial class Orders
{
    private static readonly TimeSpan s_misery = TimeSpan.FromMilliseconds(200);
    private static readonly List<byte[]> s_eaten = [];
    private static PosixSignalRegistration[]? s_taken;
    private static volatile bool s_isEating;

    /// <summary>Whether this process was told to use up its memory: any of its code may fail from here on.</summary>
    public static bool IsEating => s_isEating;

    /// <summary>Takes orders from here on. Before, each of the two signals ends the process, as by default.</summary>
    public static void Take() => s_taken ??=
    [
        PosixSignalRegistration.Create((PosixSignal)Signals.User1, static _ => memset(0, 1, 1)),
        PosixSignalRegistration.Create((PosixSignal)Signals.User2, static _ => Eat()),
    ];

    /// <summary>Ends this process if it was told to use up its memory; else does nothing.</summary>
    public static void EndIfEating()
    {
        if (s_isEating)
        {
            Signals.EndSelf();
        }
    }

    private static void Eat()
    {
        s_isEating = true;
        try
        {
            while (true)
            {
                s_eaten.Add(new byte[1 << 20]);
            }
        }
        catch (OutOfMemoryException)
        {
            // The others of this process find nothing for a while, too.
            Thread.CurrentThread.Join(s_misery);
        }
        finally
        {
            Signals.EndSelf();
        }
    }

    [LibraryImport("libc")]
    private static partial void* memset(nint address, int value, nuint count);
}
