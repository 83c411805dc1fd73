namespace Multiproc;

/// <summary>
/// Sets up a manager that a host owns or connects to. Bound to the section <c>Multiproc:Managers:NAME</c> of the host's configuration, which overrides what
/// code sets.
/// </summary>
/// <example>
/// <code>
/// builder.Services.AddMultiproc().AddManager("state");
/// </code>
/// </example>
public sealed class HostedManagerOptions
{
    /// <summary>
    /// The address to listen at or to connect to: <c>host:port</c>, or the path of a Unix socket. Null (the default) for a socket of this machine that only
    /// the program and its children know.
    /// </summary>
    public string? Address { get; set; }

    /// <summary>
    /// Whether to connect to a server that runs already, instead of starting one; default false. Needs an <see cref="Address"/>. Such a server goes on when
    /// the host stops.
    /// </summary>
    public bool Connect { get; set; }

    /// <summary>
    /// The secret that both sides must know, in a configuration as base64; null (the default) for the key of this process. Keep it in a store of secrets or
    /// the environment, not in a file that is checked in.
    /// </summary>
#pragma warning disable CA1819 // As the constructor of a manager takes it; bound from base64.
    public byte[]? AuthKey { get; set; }
#pragma warning restore CA1819
}
