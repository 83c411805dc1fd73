namespace Multiproc.Transport;

/// <summary>Something that the reactor delivers from when its ready bit is set. Must not block.</summary>
internal interface IReadySource
{
    void DeliverReady();
}
