using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Multiproc.Nodes;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.Transport.Linux;

namespace Multiproc;

/// <summary>
/// Sends an open file or socket to another process, which receives its own duplicate of the descriptor: Python's <c>multiprocessing.reduction.DupFd</c>. Linux
/// only.
/// </summary>
/// <remarks>
/// It can be an argument, an item of a collection or a part of a message. The receiver detaches it once; the sender may close its own handle at once.
/// </remarks>
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

    /// <summary>Duplicates a handle in order to send it.</summary>
    /// <param name="handle">An open file or socket, which the caller keeps and closes.</param>
    /// <exception cref="ArgumentException">The handle is closed or invalid.</exception>
    /// <exception cref="MultiprocException">The process has no free descriptor.</exception>
    /// <exception cref="PlatformNotSupportedException">The operating system is not supported.</exception>
    public DupFd(SafeHandle handle)
    {
        ArgumentNullException.ThrowIfNull(handle);
        if (!SharedMemory.Platform.UsesLinux)
        {
            throw new PlatformNotSupportedException("Descriptors can be sent between processes on Linux only.");
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

    /// <summary>Detaches the descriptor as a file. Can be called once.</summary>
    /// <returns>The handle, which the caller must close.</returns>
    /// <exception cref="InvalidOperationException">The descriptor was already detached or disposed.</exception>
    /// <exception cref="ConnectionLostException">The sender exited before the descriptor was transferred, or the descriptor was already received.</exception>
    public SafeFileHandle DetachFile() => new(Detach(), ownsHandle: true);

    /// <summary>Detaches the descriptor as a socket. Can be called once.</summary>
    /// <returns>The socket, which the caller must close.</returns>
    /// <exception cref="InvalidOperationException">The descriptor was already detached or disposed.</exception>
    /// <exception cref="ConnectionLostException">The sender exited before the descriptor was transferred, or the descriptor was already received.</exception>
    /// <exception cref="SocketException">The descriptor is not a socket.</exception>
    public Socket DetachSocket() => new(new SafeSocketHandle(Detach(), ownsHandle: true));

    /// <summary>Closes the descriptor if it was not detached.</summary>
    public void Dispose()
    {
        _gone = true;
        _pending?.Abandon();
        _descriptor?.Dispose();
    }

    /// <summary>Describes whether the descriptor can be detached.</summary>
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
