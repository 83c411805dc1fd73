namespace Multiproc.Transport;

/// <summary>A source from which the reactor delivers messages when its ready bit is set. Must not block.</summary>
internal interface IReadySource
{
    void DeliverReady();
}
