using System.Globalization;

namespace Multiproc.Host.Ps;

/// <summary>A process of this machine, as /proc tells of it.</summary>
/// <param name="Pid">Its number.</param>
/// <param name="Parent">The number of the process that started it.</param>
/// <param name="User">The number of its user.</param>
/// <param name="Command">Its command line; empty for a process that has ended and was not waited for.</param>
/// <param name="Processor">The processor time that it has used.</param>
/// <param name="Began">When it was started, since the system was.</param>
/// <param name="Memory">Its memory that is in use, in bytes.</param>
/// <param name="Threads">How many threads it has.</param>
internal sealed record ProcessEntry(
    int Pid, int Parent, int User, IReadOnlyList<string> Command, TimeSpan Processor, TimeSpan Began, long Memory, int Threads)
{
    /// <summary>The kernel's unit of time for user programs, on every architecture that .NET runs on.</summary>
    private const long TicksPerSecond = 100;

    /// <summary>The fields of /proc/PID/stat behind the name, counted from the state.</summary>
    private enum Field
    {
        Parent = 1,
        UserTime = 11,
        SystemTime = 12,
        Threads = 17,
        Start = 19,
        ResidentPages = 21,
    }

    /// <summary>Whether a program that uses Multiproc started it as a process of its own.</summary>
    public bool IsChild => Command is [.., "child"] or [.., "child-by-stdin"]
        && (Command.Contains("--multiproc-host") || Command.Any(static each => Path.GetFileName(each) == "Multiproc.Host.dll"));

    /// <summary>What the process is called in the system: at most 15 bytes. A child is given its own name when it runs.</summary>
    public string Comm { get; init; } = "";

    /// <summary>What a person calls the process: a child by its name, once it has one, and a program by that of its assembly or executable.</summary>
    public string Label => !IsChild ? Name : Comm is "" or "dotnet" || ExecutableName.StartsWith(Comm, StringComparison.Ordinal) ? "child" : Comm;

    private string ExecutableName => Path.GetFileName(Command.FirstOrDefault()) ?? "";

    /// <summary>What a person calls the program: the name of its assembly, or of its executable.</summary>
    public string Name
    {
        get
        {
            string? assembly = Path.GetFileName(Command.FirstOrDefault()) == "dotnet"
                ? Command.FirstOrDefault(static each => each.EndsWith(".dll", StringComparison.OrdinalIgnoreCase))
                : null;
            return Path.GetFileNameWithoutExtension(assembly) ?? Path.GetFileName(Command.FirstOrDefault()) ?? "";
        }
    }

    /// <summary>Parses what the kernel writes.</summary>
    /// <param name="stat">The text of /proc/PID/stat.</param>
    /// <param name="command">The bytes of /proc/PID/cmdline, as text.</param>
    /// <param name="user">The number of its user.</param>
    /// <exception cref="FormatException">The kernel has another format.</exception>
    public static ProcessEntry Parse(string stat, string command, int user)
    {
        // The name is in parentheses and may contain anything, also parentheses and spaces.
        int name = stat.IndexOf('(', StringComparison.Ordinal);
        int end = stat.LastIndexOf(')');
        if (name < 1 || end < name)
        {
            throw new FormatException($"'{stat}' is no line of /proc/PID/stat.");
        }

        string[] fields = stat[(end + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        long Number(Field field) => (int)field < fields.Length
            ? long.Parse(fields[(int)field], CultureInfo.InvariantCulture)
            : throw new FormatException($"'{stat}' has no field {field}.");
        return new ProcessEntry(
            int.Parse(stat[..name], CultureInfo.InvariantCulture), (int)Number(Field.Parent), user, command.Split('\0', StringSplitOptions.RemoveEmptyEntries),
            Seconds(Number(Field.UserTime) + Number(Field.SystemTime)), Seconds(Number(Field.Start)), Number(Field.ResidentPages) * Environment.SystemPageSize,
            (int)Number(Field.Threads)) { Comm = stat[(name + 1)..end] };
    }

    private static TimeSpan Seconds(long ticks) => TimeSpan.FromMilliseconds(ticks * 1000 / TicksPerSecond);
}
