package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Hashes in a tile: 2^8.
const tileHeight = 8

// A folder holds a published log, as `npm run publish-log` copies it.
type folder string

func (f folder) read(name string) (string, error) {
	text, err := os.ReadFile(filepath.Join(string(f), name))
	return string(text), err
}

// readFolder reads a log, and compares each of its tiles with what Go makes of the leaves.
func readFolder(f folder, given brought) (subject, error) {
	read := subject{history: newHistory(), brought: given}
	if given.key == "" {
		key, err := f.read("key")
		if err != nil {
			return read, unusable{err}
		}
		read.key = strings.TrimSuffix(key, "\n")
	}
	if given.policy == "" {
		text, err := f.read("policy")
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return read, unusable{err}
		}
		read.policy = text
	}
	head, err := f.read("checkpoint")
	if err != nil {
		return read, unusable{err}
	}
	read.checkpoints = []string{head}
	size, err := read.sizeOf(head)
	if err != nil {
		return read, err
	}
	if err := f.readLeaves(read.history, size); err != nil {
		return read, err
	}
	read.tiles, err = f.compareTiles(read.history)
	return read, err
}

// readLeaves takes the leaves of a tree of this size from their bundles.
func (f folder) readLeaves(h *history, size int64) error {
	for h.size < size {
		width := size - h.size
		if width > 1<<tileHeight {
			width = 1 << tileHeight
		}
		tile := tlog.Tile{H: tileHeight, L: -1, N: h.size >> tileHeight, W: int(width)}
		path := pathOf(tile)
		bundle, err := f.read(path)
		isWider := errors.Is(err, fs.ErrNotExist)
		if isWider {
			path = pathOf(whole(tile))
			bundle, err = f.read(path)
		}
		if err != nil {
			return err
		}
		for ; width > 0; width-- {
			if len(bundle) < 2 {
				return fmt.Errorf("%s: it is cut off", path)
			}
			length := 2 + int(binary.BigEndian.Uint16([]byte(bundle)))
			if len(bundle) < length {
				return fmt.Errorf("%s: it is cut off", path)
			}
			if err := h.addLeaf(bundle[2:length]); err != nil {
				return err
			}
			bundle = bundle[length:]
		}
		if bundle != "" && !isWider {
			return fmt.Errorf("%s: something follows its last leaf", path)
		}
	}
	return nil
}

// whole is the full form of a tile: a copy has the narrower ones only until the tile is full.
func whole(tile tlog.Tile) tlog.Tile {
	tile.W = 1 << tileHeight
	return tile
}

// compareTiles compares all tiles that the tree needs, and whatever else lies where its tiles do.
func (f folder) compareTiles(h *history) (int, error) {
	seen := map[string]bool{}
	root := filepath.Join(string(f), "tile")
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(string(f), file)
		if err != nil {
			return err
		}
		path := filepath.ToSlash(name)
		seen[path] = true
		return f.compareTile(h, path)
	})
	for _, tile := range tlog.NewTiles(tileHeight, 0, h.size) {
		// Go would have every width of the last tile; C2SP wants that of the tree alone.
		isNeeded := tile == whole(tile) || tile.N<<tileHeight+int64(tile.W) == h.size>>uint(tile.L*tileHeight)
		if path := pathOf(tile); err == nil && isNeeded && !seen[path] {
			if !seen[pathOf(whole(tile))] {
				err = fmt.Errorf("%s is missing", path)
			} else {
				err = f.compareWider(h, tile)
			}
		}
	}
	return len(seen), err
}

// compareWider compares the beginning of a full tile, where the narrower one is gone.
func (f folder) compareWider(h *history, tile tlog.Tile) error {
	path := pathOf(whole(tile))
	published, err := f.read(path)
	if err != nil {
		return err
	}
	made, err := tlog.ReadTileData(tile, h)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if len(published) != tlog.HashSize<<tileHeight || !strings.HasPrefix(published, string(made)) {
		return fmt.Errorf("%s does not begin with what the leaves make", path)
	}
	return nil
}

func (f folder) compareTile(h *history, path string) error {
	tile, err := tlog.ParseTilePath(strings.Replace(goPath(path), "/entries/", "/data/", 1))
	if err != nil {
		return fmt.Errorf("%s is no path of a tile", path)
	}
	level := tile.L
	if level < 0 {
		level = 0
	}
	if tile.N<<tileHeight+int64(tile.W) > h.size>>uint(level*tileHeight) {
		return nil // of a later checkpoint, which the copy does not have yet
	}
	published, err := f.read(path)
	if err != nil {
		return err
	}
	var made []byte
	if tile.L < 0 {
		made = bundleOf(h, tile)
	} else if made, err = tlog.ReadTileData(tile, h); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if !bytes.Equal(made, []byte(published)) {
		return fmt.Errorf("%s does not hold what the leaves make", path)
	}
	return nil
}

func bundleOf(h *history, tile tlog.Tile) []byte {
	var bundle []byte
	for i := 0; i < tile.W; i++ {
		text := h.leaves[tile.N<<tileHeight+int64(i)].text
		bundle = append(bundle, byte(len(text)>>8), byte(len(text)))
		bundle = append(bundle, text...)
	}
	return bundle
}

// pathOf is a tile's path by C2SP tlog-tiles: Go's has the height in it, and calls entries data.
func pathOf(tile tlog.Tile) string {
	path := strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight))
	return "tile/" + strings.Replace(path, "data/", "entries/", 1)
}

func goPath(path string) string {
	return fmt.Sprintf("tile/%d/", tileHeight) + strings.TrimPrefix(path, "tile/")
}

// sizeOf a checkpoint that the key has signed.
func (s subject) sizeOf(text string) (int64, error) {
	key, err := note.NewVerifier(s.key)
	if err != nil {
		return 0, unusable{err}
	}
	head, err := openCheckpoint(text, key, nil)
	return head.size, err
}
