using System.Text;

namespace Multiproc.Processes.Linux;

/// <summary>
/// Performs one posix_spawn. The child gets the given descriptors, with the null device as its stdin, and no others, since all of this
/// process's descriptors close on exec. The ignored SIGPIPE and the blocked signals of the runtime are not inherited.
/// </summary>
internal static unsafe class SpawnCall
{
    /// <summary>The child's descriptor of its connection.</summary>
    public const int ConnectionDescriptor = 3;

    /// <summary>The child's descriptor of its real stderr, while descriptor 2 still collects boot errors.</summary>
    public const int StderrDescriptor = 4;

    /// <summary>
    /// The lifeline, which ends the child with its parent until it has requested the parent-death signal; the null device where it is not supported.
    /// </summary>
    public const int LifelineDescriptor = 5;

    /// <summary>The lowest number for descriptors that are passed to the child: a lower one could be overwritten by another before it is duplicated.</summary>
    public const int LowestOfOurs = 10;

    /// <returns>The process id, or the negative error number.</returns>
    public static int Run(string[] arguments, IReadOnlyList<string> environment, int connection, int stderr, int bootErrors, int lifeline)
    {
        byte* actions = stackalloc byte[LibC.FileActionsBytes];
        byte* attributes = stackalloc byte[LibC.AttributesBytes];
        byte* signals = stackalloc byte[LibC.SignalSetBytes];
        Check(LibC.posix_spawn_file_actions_init(actions));
        Check(LibC.posix_spawnattr_init(attributes));
        try
        {
            fixed (byte* devNull = "/dev/null\0"u8)
            {
                Check(LibC.posix_spawn_file_actions_addopen(actions, 0, devNull, LibC.OpenReadOnly, 0));
            }

            // This program has no stdout. Otherwise the child's first file would get the number, and its output.
            if (!StandardDescriptor.IsOpen(StandardDescriptor.Output))
            {
                fixed (byte* devNull = "/dev/null\0"u8)
                {
                    Check(LibC.posix_spawn_file_actions_addopen(actions, StandardDescriptor.Output, devNull, LibC.OpenWriteOnly, 0));
                }
            }

            Check(LibC.posix_spawn_file_actions_adddup2(actions, connection, ConnectionDescriptor));
            Check(LibC.posix_spawn_file_actions_adddup2(actions, stderr, StderrDescriptor));
            Check(LibC.posix_spawn_file_actions_adddup2(actions, bootErrors, 2));
            if (lifeline >= 0)
            {
                Check(LibC.posix_spawn_file_actions_adddup2(actions, lifeline, LifelineDescriptor));
            }
            else
            {
                // The child closes this number, so it must not belong to a file of its runtime.
                fixed (byte* devNull = "/dev/null\0"u8)
                {
                    Check(LibC.posix_spawn_file_actions_addopen(actions, LifelineDescriptor, devNull, LibC.OpenReadOnly, 0));
                }
            }

            Check(LibC.sigemptyset(signals));
            Check(LibC.posix_spawnattr_setsigmask(attributes, signals));
            Check(LibC.sigaddset(signals, LibC.SigPipe));
            Check(LibC.sigaddset(signals, LibC.SigInt));
            Check(LibC.sigaddset(signals, LibC.SigTerm));
            Check(LibC.posix_spawnattr_setsigdefault(attributes, signals));
            Check(LibC.posix_spawnattr_setflags(attributes, LibC.SpawnSetSigDefault | LibC.SpawnSetSigMask));

            using var argv = new StringVector(arguments);
            using var envp = new StringVector(environment);
            int pid;
            int error = LibC.posix_spawn(&pid, argv.First, actions, attributes, argv.Pointer, envp.Pointer);
            return error == 0 ? pid : -error;
        }
        finally
        {
            Check(LibC.posix_spawn_file_actions_destroy(actions));
            Check(LibC.posix_spawnattr_destroy(attributes));
        }
    }

    private static void Check(int error)
    {
        if (error != 0)
        {
            throw new ProcessStartException($"Cannot prepare a process: {ErrorText.Of(error)}.");
        }
    }

    /// <summary>A null-terminated array of null-terminated UTF-8 strings in native memory.</summary>
    private readonly struct StringVector : IDisposable
    {
        public StringVector(IReadOnlyList<string> strings)
        {
            int bytes = 0;
            foreach (string each in strings)
            {
                bytes += Encoding.UTF8.GetByteCount(each) + 1;
            }

            nuint table = (nuint)((strings.Count + 1) * sizeof(byte*));
            Pointer = (byte**)System.Runtime.InteropServices.NativeMemory.Alloc(table + (nuint)bytes);
            byte* text = (byte*)Pointer + table;
            for (int i = 0; i < strings.Count; i++)
            {
                Pointer[i] = text;
                text += Encoding.UTF8.GetBytes(strings[i], new Span<byte>(text, bytes));
                *text++ = 0;
            }

            Pointer[strings.Count] = null;
        }

        public byte** Pointer { get; }

        public byte* First => Pointer[0];

        public void Dispose() => System.Runtime.InteropServices.NativeMemory.Free(Pointer);
    }
}
