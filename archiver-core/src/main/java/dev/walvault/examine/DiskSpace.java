package dev.walvault.examine;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a file system has left for this user. */
public record DiskSpace(long free, long percentage) {
    private static final int LEAST_PERCENTAGE = 10;

    public static DiskSpace at(Path place) throws IOException {
        FileStore disk = Files.getFileStore(place);
        return new DiskSpace(disk.getUsableSpace(), disk.getUsableSpace() * 100 / Math.max(1, disk.getTotalSpace()));
    }

    public boolean isLittle() {
        return percentage < LEAST_PERCENTAGE;
    }

    /** {@code 120 GB (34 %)}. */
    @Override
    public String toString() {
        boolean large = free >> 20 >= 10 * 1024;
        return (large ? (free >> 30) + " GB" : (free >> 20) + " MB") + " (" + percentage + " %)";
    }
}
