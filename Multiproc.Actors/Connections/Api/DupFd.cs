using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Multiproc.Nodes;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;
using Multiproc.Transport.Linux;

namespace Multiproc;

/// <summary>
/// An open file or socket on its way to another process, which gets a descriptor of its own. Python's <c>multiprocessing.reduction.DupFd</c>. Linux only.
/// </summary>
/// <remarks>It can be an argument, an item, a part of a message. The receiver detaches it once; the sender may close its own at once.</remarks>
/// <example>
/// <code>
/// using var file = File.OpenHandle("data.bin");
/// var child = Mp.Process(static sent => Console.WriteLine(RandomAccess.GetLength(sent.DetachFile())), new DupFd(file));
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class DupFd : IDisposable, ISelfCoded<DupFd>
{
    private readonly PendingDescriptor? _pending;
    private SafeDescriptor? _descriptor;
    private bool _gone;

    /// <summary>Duplicates a handle, to send it.</summary>
    /// <param name="handle">An open file or socket; it stays the caller's.</param>
    /// <exception cref="ArgumentException">The handle is closed or invalid.</exception>
    /// <exception cref="MultiprocException">No descriptor is free.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on this system.</exception>
    public DupFd(SafeHandle handle)
    {
        ArgumentNullException.ThrowIfNull(handle);
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("Descriptors travel between processes on Linux only.");
        }

        if (handle.IsInvalid || handle.IsClosed)
        {
            throw new ArgumentException("The handle is closed or invalid.", nameof(handle));
        }

        bool taken = false;
        try
        {
            handle.DangerousAddRef(ref taken);
            _descriptor = SafeDescriptor.Duplicate((int)handle.DangerousGetHandle());
        }
        finally
        {
            if (taken)
            {
                handle.DangerousRelease();
            }
        }
    }

    private DupFd(PendingDescriptor pending) => _pending = pending;

    /// <summary>Takes it out as a file.</summary>
    /// <returns>The handle; the caller's to close.</returns>
    /// <exception cref="InvalidOperationException">It was detached or disposed before.</exception>
    /// <exception cref="ConnectionLostException">Its sender ended before it came here, or it was received before.</exception>
    public SafeFileHandle DetachFile() => new(Detach(), ownsHandle: true);

    /// <summary>Takes it out as a socket.</summary>
    /// <returns>The socket; the caller's to close.</returns>
    /// <exception cref="InvalidOperationException">It was detached or disposed before.</exception>
    /// <exception cref="ConnectionLostException">Its sender ended before it came here, or it was received before.</exception>
    /// <exception cref="SocketException">It is no socket.</exception>
    public Socket DetachSocket() => new(new SafeSocketHandle(Detach(), ownsHandle: true));

    /// <summary>Closes it, if it was not detached.</summary>
    public void Dispose()
    {
        _gone = true;
        _pending?.Abandon();
        _descriptor?.Dispose();
    }

    /// <summary>Says whether it can be detached.</summary>
    /// <returns>For example "DupFd (open)".</returns>
    public override string ToString() => $"DupFd ({(_gone ? "gone" : "open")})";

    static DupFd ISelfCoded<DupFd>.ReadFrom(ref WireReader reader)
    {
        var pending = new PendingDescriptor(NodeAddress.ReadFrom(ref reader), checked((long)reader.VarUInt()));
        pending.Begin();
        return new DupFd(pending);
    }

    void ISelfCoded.WriteTo(WireWriter writer)
    {
        var node = Node.Current;
        var offer = node.Descriptors.Offer(Arrived().Number);
        writer.Consign(offer);
        node.Address.WriteTo(writer);
        writer.VarUInt((ulong)offer.Token);
    }

    private nint Detach()
    {
        var descriptor = Arrived();
        _gone = true;
        return descriptor.Detach();
    }

    private SafeDescriptor Arrived()
    {
        if (_gone)
        {
            throw new InvalidOperationException("The descriptor was detached or disposed before: send another DupFd of the same handle.");
        }

        return _descriptor ??= _pending!.Wait();
    }
}
