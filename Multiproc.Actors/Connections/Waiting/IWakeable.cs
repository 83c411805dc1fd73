namespace Multiproc.Connections;

/// <summary>Somebody who sleeps until a descriptor is ready, and can be told to look again. Needless calls do no harm.</summary>
internal interface IWakeable
{
    void Wake();
}
